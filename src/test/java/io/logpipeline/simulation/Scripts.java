package io.logpipeline.simulation;

import io.logpipeline.redis.Script;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.OneArgFunction;
import org.luaj.vm2.lib.TwoArgFunction;
import org.luaj.vm2.lib.VarArgFunction;
import org.luaj.vm2.lib.jse.JsePlatform;
import org.luaj.vm2.luajc.LuaJC;

/** The production scripts, compiled once for any number of servers in one thread. */
public final class Scripts {
    private static final Map<LuaString, String> COMMAND_NAMES = new HashMap<>();

    static {
        for (String command :
                """
                TIME EXISTS MEMORY TYPE GET SET DEL RENAME PERSIST EXPIRE PEXPIRE PTTL RPUSH LLEN LRANGE \
                LTRIM HSET HSETNX HGET HMGET HDEL XADD XLEN XRANGE XACK XDEL XGROUP XINFO \
                XREADGROUP XAUTOCLAIM XCLAIM\
                """
                        .split(" ", -1)) {
            COMMAND_NAMES.put(LuaString.valueOf(command), command);
        }
    }

    private final Globals globals = JsePlatform.standardGlobals();
    private final Map<Script, LuaValue> compiled = new EnumMap<>(Script.class);
    private SimulatedRedis server;

    /** As they are. */
    public Scripts() {
        this(Map.of());
    }

    /**
     * @param mutants scripts that differ from the production ones
     */
    public Scripts(Map<Script, String> mutants) {
        LuaJC.install(globals);
        globals.set("unpack", globals.get("table").get("unpack"));
        globals.get("string").set("format", new WholeNumber());
        LuaTable redis = new LuaTable();
        redis.set("call", new Call());
        redis.set("pcall", new ProtectedCall());
        redis.set("sha1hex", new Sha1Hex());
        globals.set("redis", redis);
        for (Script script : Script.values()) {
            String source = mutants.getOrDefault(script, script.source());
            compiled.put(script, compile(script, source));
        }
    }

    /**
     * By one thread at a time: the compiler's instructions come from a pool that is everybody's.
     */
    private LuaValue compile(Script script, String source) {
        synchronized (LuaJC.class) {
            return globals.load(
                    source.replaceFirst("^#!.*\n", "\n"), script.name().toLowerCase(Locale.ROOT));
        }
    }

    List<Object> run(SimulatedRedis on, Script script, List<String> keys, List<byte[]> arguments) {
        server = on;
        LuaValue[] names = new LuaValue[keys.size()];
        for (int i = 0; i < names.length; i++) {
            names[i] = SimulatedRedis.word(keys.get(i));
        }
        LuaValue[] values = new LuaValue[arguments.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = LuaString.valueUsing(arguments.get(i));
        }
        globals.set("KEYS", LuaValue.listOf(names));
        globals.set("ARGV", LuaValue.listOf(values));
        LuaTable reply;
        try {
            reply = compiled.get(script).call().checktable();
        } catch (LuaError failure) {
            throw new SimulatedRedis.Refused(failure.getMessage());
        }
        if (!reply.get("err").isnil()) {
            throw new SimulatedRedis.Refused(reply.get("err").tojstring());
        }
        List<Object> answer = new ArrayList<>(reply.length());
        for (int i = 1; i <= reply.length(); i++) {
            LuaValue value = reply.get(i);
            answer.add(
                    value.type() == LuaValue.TNUMBER
                            ? (Object) value.tolong()
                            : SimulatedRedis.bytes(value.checkstring()));
        }
        return answer;
    }

    static String commandName(LuaString word) {
        String name = COMMAND_NAMES.get(word);
        if (name == null) {
            throw new AssertionError("not simulated: " + word);
        }
        return name;
    }

    private Varargs execute(Varargs args) {
        LuaString[] words = new LuaString[args.narg()];
        for (int i = 0; i < words.length; i++) {
            LuaValue word = args.arg(i + 1);
            words[i] = word.type() == LuaValue.TNUMBER ? number(word) : word.checkstring();
        }
        return server.execute(words);
    }

    private static LuaString number(LuaValue value) {
        if (value.todouble() != value.tolong()) {
            throw new AssertionError("a fraction is given to Redis: " + value);
        }
        return LuaString.valueOf(Long.toString(value.tolong()));
    }

    private final class Call extends VarArgFunction {
        @Override
        public Varargs invoke(Varargs args) {
            return execute(args);
        }
    }

    private final class ProtectedCall extends VarArgFunction {
        @Override
        public Varargs invoke(Varargs args) {
            try {
                return execute(args);
            } catch (LuaError failure) {
                LuaTable error = new LuaTable();
                error.set("err", failure.getMessage());
                return error;
            }
        }
    }

    private static final class Sha1Hex extends OneArgFunction {
        @Override
        public LuaValue call(LuaValue text) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-1");
                byte[] hash = digest.digest(SimulatedRedis.bytes(text.checkstring()));
                return LuaValue.valueOf(HexFormat.of().formatHex(hash));
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /**
     * {@code string.format('%.0f', n)}, the only form in use; LuaJ's own leaves the precision out.
     */
    private static final class WholeNumber extends TwoArgFunction {
        @Override
        public LuaValue call(LuaValue format, LuaValue value) {
            if (!format.tojstring().equals("%.0f")) {
                throw new AssertionError("not simulated: " + format);
            }
            return LuaString.valueOf(
                    Long.toString(Math.round(value.checkdouble()))
                            .getBytes(StandardCharsets.US_ASCII));
        }
    }
}
