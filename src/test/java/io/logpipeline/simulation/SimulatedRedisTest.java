package io.logpipeline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Consumer;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.api.sync.RedisCommands;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.Reply;
import io.logpipeline.redis.Script;
import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.TestRedis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The simulated Redis against a real one: the production scripts, called in random order with
 * random arguments, answer the same and leave the same keys. Leases and lives are none or long, so
 * that no answer depends on the time a call takes.
 */
class SimulatedRedisTest {
    private static final int SEQUENCES = Integer.getInteger("logpipeline.sequences", 120);
    private static final long SEED = Long.getLong("logpipeline.seed", 1);
    private static final int CALLS = 60;
    private static final String HOUR_MS = "3600000";
    private static final List<String> LISTS = List.of("logs:user_a:1", "logs:user_b:1");
    private static final Script[] ALL = Script.values();
    private static final long A_TIME = 1_000_000_000_000L;

    private static ConnectedRedis real;

    private final SimulatedClock clock = new SimulatedClock(() -> {});
    private final Scripts scripts = new Scripts();

    /** What each side calls the same thing: stream ids and times differ. */
    private static final class Names {
        private final Map<String, String> known = new HashMap<>();
        private final List<String> ids = new ArrayList<>();

        String of(Object value) {
            if (value instanceof Long number) {
                return number > A_TIME ? "a time" : number.toString();
            }
            String text = new String((byte[]) value, StandardCharsets.ISO_8859_1);
            return of(text);
        }

        String of(String text) {
            if (text.matches("[0-9]{13}-[0-9]+")) {
                return known.computeIfAbsent(
                        text,
                        absent -> {
                            ids.add(text);
                            return "entry " + ids.size();
                        });
            }
            return text.matches("[0-9]{15,}") ? "a time" : text;
        }
    }

    private final Names realNames = new Names();
    private final Names simulatedNames = new Names();

    @BeforeAll
    static void connect() {
        real = ConnectedRedis.to(TestRedis.emptyUrl());
    }

    @AfterAll
    static void disconnect() {
        real.close();
    }

    @BeforeEach
    void empty() {
        real.server().flushall();
    }

    @Test
    void theSameCallsAnswerTheSameAndLeaveTheSameKeys() throws Exception {
        Map<String, Integer> answers = new TreeMap<>();
        for (long seed = SEED; seed < SEED + SEQUENCES; seed++) {
            real.server().flushall();
            compare(new Random(seed), seed, answers);
        }
        // Every answer of every script, but for those of errors and of a stream without a group.
        System.out.println(answers);
        assertThat(answers.keySet())
                .contains(
                        "ACKNOWLEDGE ACKNOWLEDGED",
                        "CLAIM BUSY",
                        "CLAIM CLAIMED",
                        "CLAIM EMPTY",
                        "CLAIM EXPIRED",
                        "CLAIM NOT_ADMITTED",
                        "CLAIM TO_READ",
                        "CLAIM TO_WEIGH",
                        "CLAIM WRONG_TYPE",
                        "COMMIT CLAIMED",
                        "COMMIT DONE",
                        "COMMIT MORE",
                        "COMMIT STALE",
                        "ENTRIES ENTRIES",
                        "GROUP CREATED",
                        "GROUP EXISTED",
                        "LEASE HELD",
                        "LEASE OTHER",
                        "NOTIFY ADDED",
                        "PENDING NONE",
                        "PENDING PENDING",
                        "PUSH DUPLICATE",
                        "PUSH OTHER_EVENTS",
                        "PUSH PUSHED",
                        "PUSH WRONGTYPE",
                        "READ READ",
                        "READ STALE",
                        "READ TOO_LARGE",
                        "RECLAIM TAKEN",
                        "RELEASE NOT_HELD",
                        "RELEASE RELEASED",
                        "REMOVE KEPT",
                        "REMOVE REMOVED",
                        "RENEW GONE",
                        "RENEW RENEWED",
                        "REPLICAS REPLICAS",
                        "RETIRE RETIRED",
                        "STORE STORE",
                        "TAKE TAKEN",
                        "TAKE WAIT",
                        "TEND GONE",
                        "TEND LIST",
                        "TEND NO_LIST",
                        "TEND REARMED",
                        "WAITING NOT_ADMITTED",
                        "WAITING WAITING");
    }

    private void compare(Random random, long seed, Map<String, Integer> answers) throws Exception {
        SimulatedRedis simulated =
                new SimulatedRedis(clock, scripts, (server, key, elements, atMillis) -> {});
        List<String> told = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            clock.advance(Duration.ofMillis(1));
            Script script = ALL[random.nextInt(ALL.length)];
            String list = LISTS.get(random.nextInt(LISTS.size()));
            if (random.nextInt(60) == 0) {
                // Not a list any more.
                run(Script.LEASE, List.of(list), List.of("odd", HOUR_MS), simulated, answers);
            }
            List<String> keys = keys(script, list, random);
            int entry = random.nextInt(Math.max(1, realNames.ids.size()));
            long argumentsSeed = random.nextLong();
            List<String> forReal =
                    arguments(
                            script,
                            list,
                            keys,
                            new Random(argumentsSeed),
                            id(realNames, entry),
                            true);
            List<String> forSimulated =
                    arguments(
                            script,
                            list,
                            keys,
                            new Random(argumentsSeed),
                            id(simulatedNames, entry),
                            false);
            told.add(script + " " + keys + " " + forReal);
            String answer = onReal(script, keys, forReal);
            count(script, answer, answers);
            assertThat(onSimulated(simulated, script, keys, forSimulated))
                    .as("seed %d: %s", seed, String.join("\n", told))
                    .isEqualTo(answer);
            if (i % 5 == 4) {
                assertThat(simulatedState(simulated))
                        .as("seed %d: %s", seed, String.join("\n", told))
                        .isEqualTo(realState());
            }
        }
    }

    private void run(
            Script script,
            List<String> keys,
            List<String> arguments,
            SimulatedRedis simulated,
            Map<String, Integer> answers)
            throws Exception {
        String answer = onReal(script, keys, arguments);
        count(script, answer, answers);
        assertThat(onSimulated(simulated, script, keys, arguments)).isEqualTo(answer);
    }

    /** Of a push what became of each part; of the others the word that they open with. */
    private static void count(Script script, String answer, Map<String, Integer> answers) {
        String[] words = answer.split("[ ,]", -1);
        int last = script == Script.PUSH ? words.length - 1 : 0;
        for (int i = 0; i <= last; i++) {
            if (words[i].matches("[A-Z_]+|refused")) {
                answers.merge(script + " " + words[i], 1, Integer::sum);
            }
        }
    }

    private static String id(Names names, int index) {
        return index < names.ids.size() ? names.ids.get(index) : "1-1";
    }

    private static List<String> keys(Script script, String list, Random random) {
        String lock = "{" + list + "}:lock";
        return switch (script) {
            case PUSH -> {
                List<String> keys = new ArrayList<>();
                if (random.nextInt(4) > 0) {
                    keys.add("logs:store");
                }
                int parts = 1 + random.nextInt(3);
                for (int i = 0; i < parts; i++) {
                    String each = i == 0 ? list : LISTS.get(random.nextInt(LISTS.size()));
                    keys.add(each);
                    if (random.nextBoolean()) {
                        keys.add("{" + each + "}:once:k");
                    }
                }
                yield keys;
            }
            case WAITING ->
                    List.of(
                            "logs:store",
                            "logs:volume",
                            list,
                            "{" + list + "}:batch",
                            LISTS.getFirst(),
                            lock);
            case CLAIM, COMMIT -> {
                List<String> keys =
                        new ArrayList<>(
                                List.of(list, "{" + list + "}:batch", "{" + list + "}:ledger"));
                keys.add(lock);
                if (random.nextInt(4) > 0) {
                    keys.addAll(List.of("logs:store", "logs:volume"));
                }
                yield keys;
            }
            case READ -> List.of("{" + list + "}:batch", "{" + list + "}:ledger");
            case RELEASE -> List.of(lock);
            case LEASE -> List.of("logs:volume");
            case STORE -> List.of("logs:store");
            case TEND -> List.of(list);
            case HOLDER -> List.of("logs:volume");
            case REPLICAS,
                    GROUP,
                    NOTIFY,
                    TAKE,
                    RECLAIM,
                    RENEW,
                    ACKNOWLEDGE,
                    PENDING,
                    ENTRIES,
                    RETIRE,
                    REMOVE ->
                    List.of(RedisKeys.PENDING);
        };
    }

    private List<String> arguments(
            Script script,
            String list,
            List<String> keys,
            Random random,
            String entry,
            boolean forReal) {
        String token = random.nextInt(4) == 0 ? "other" : "worker";
        String consumer = random.nextBoolean() ? "one" : "two";
        String idle = random.nextInt(3) == 0 ? HOUR_MS : "0";
        String batchId = "batch-" + random.nextInt(2);
        return switch (script) {
            case PUSH -> {
                boolean hasStore = keys.getFirst().equals("logs:store");
                List<String> arguments = new ArrayList<>(List.of("600", hasStore ? "store" : ""));
                for (int key = hasStore ? 1 : 0; key < keys.size(); key++) {
                    boolean marked = key + 1 < keys.size() && keys.get(key + 1).startsWith("{");
                    int count = 1 + random.nextInt(3);
                    arguments.add(Integer.toString(marked ? -count : count));
                    for (int i = 0; i < count; i++) {
                        arguments.add("é\0" + random.nextInt(3));
                    }
                    key += marked ? 1 : 0;
                }
                yield arguments;
            }
            case GROUP -> List.of(RedisKeys.GROUP);
            case PENDING, HOLDER, REMOVE -> List.of();
            case WAITING -> List.of("store", random.nextInt(5) == 0 ? "other" : "worker");
            case NOTIFY ->
                    random.nextBoolean()
                            ? List.of("1700000000000000", list)
                            : List.of("1700000000000000", LISTS.getFirst(), LISTS.getLast());
            case TAKE -> List.of(RedisKeys.GROUP, consumer, idle, "2");
            case RECLAIM -> List.of(RedisKeys.GROUP, consumer, idle, "2", "0-0");
            case RENEW -> List.of(RedisKeys.GROUP, consumer, entry, idle);
            case ACKNOWLEDGE -> List.of(RedisKeys.GROUP, entry);
            case ENTRIES -> List.of(random.nextBoolean() ? "0-0" : entry, "3");
            case RETIRE -> List.of(RedisKeys.GROUP, idle);
            case REPLICAS -> List.of(RedisKeys.GROUP, "5");
            case CLAIM ->
                    List.of(
                            token,
                            HOUR_MS,
                            batchId,
                            Integer.toString(random.nextInt(2)),
                            "2",
                            random.nextBoolean() ? "5" : "1000000",
                            random.nextBoolean() ? "1" : "9000000000000000",
                            "store",
                            random.nextInt(5) == 0 ? "other" : "worker",
                            "3600",
                            random.nextBoolean() ? "0" : "64");
            case READ ->
                    List.of(
                            batchId,
                            Integer.toString(random.nextInt(2)),
                            "2",
                            random.nextBoolean() ? "5" : "1000000",
                            random.nextInt(4) == 0 ? "2" : "1000000");
            case COMMIT -> {
                List<String> arguments =
                        new ArrayList<>(
                                List.of(
                                        token,
                                        HOUR_MS,
                                        batchId,
                                        Integer.toString(random.nextInt(2)),
                                        Integer.toString(1 + random.nextInt(2)),
                                        Integer.toString(random.nextInt(2)),
                                        "3600"));
                if (random.nextBoolean()) {
                    arguments.addAll(List.of("batch-" + random.nextInt(2), "store", "worker"));
                }
                yield arguments;
            }
            case RELEASE -> List.of(token);
            case LEASE -> List.of(token, HOUR_MS);
            case STORE -> List.of("store");
            case TEND -> List.of(random.nextBoolean() ? "600" : "3600");
        };
    }

    private static List<byte[]> bytes(List<String> arguments) {
        return arguments.stream().map(each -> each.getBytes(StandardCharsets.ISO_8859_1)).toList();
    }

    private String onReal(Script script, List<String> keys, List<String> arguments)
            throws InterruptedException {
        try {
            Reply reply = real.link().await(real.link().run(script, keys, bytes(arguments)));
            return shown(script, reply.values(), realNames);
        } catch (RedisFailure refused) {
            assertThat(refused.kind()).isEqualTo(RedisFailure.Kind.REFUSED);
            return "refused";
        }
    }

    private String onSimulated(
            SimulatedRedis simulated, Script script, List<String> keys, List<String> arguments) {
        try {
            return shown(script, simulated.run(script, keys, bytes(arguments)), simulatedNames);
        } catch (SimulatedRedis.Refused refused) {
            return "refused";
        }
    }

    private static String shown(Script script, List<Object> reply, Names names) {
        List<String> words = new ArrayList<>(reply.stream().map(names::of).toList());
        if (List.of("PENDING", "WAIT").contains(words.getFirst())) {
            // How long depends on when it is asked.
            words.set(words.size() - 1, words.getLast().startsWith("-") ? "-1" : "a while");
        } else if (script == Script.RETIRE) {
            // From 7.2 on a consumer exists once it asked, before only once it was given something.
            words.removeLast();
        } else if (words.getFirst().equals("REPLICAS")) {
            // For the same reason; and how long ago depends on when it is asked.
            return String.join(" ", words.subList(0, 3)) + holders(words.subList(4, words.size()));
        }
        return String.join(" ", words);
    }

    private static String holders(List<String> members) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < members.size(); i += 3) {
            if (!members.get(i + 1).equals("0")) {
                text.append(' ').append(members.get(i)).append(' ').append(members.get(i + 1));
            }
        }
        return text.toString();
    }

    private static String lasting(long ttlMillis) {
        return ttlMillis < 0 ? " for ever" : " for a time";
    }

    private Map<String, String> realState() {
        RedisCommands<String, String> server = real.server();
        Map<String, String> state = new TreeMap<>();
        for (String key : server.keys("*")) {
            String value =
                    switch (server.type(key)) {
                        case "list" -> "" + server.lrange(key, 0, -1).size();
                        case "hash" -> {
                            Map<String, String> hash = new TreeMap<>(server.hgetall(key));
                            hash.replaceAll((field, each) -> realNames.of(each));
                            yield hash.toString();
                        }
                        case "stream" -> realStream(server);
                        default -> server.get(key);
                    };
            state.put(key, value + lasting(server.pttl(key)));
        }
        return state;
    }

    private String realStream(RedisCommands<String, String> server) {
        StringBuilder text = new StringBuilder();
        server.xrange(RedisKeys.PENDING, Range.unbounded())
                .forEach(entry ->
                        text.append(realNames.of(entry.getId()))
                                .append(entry.getBody().get("key"))
                                .append(' '));
        if (!server.xinfoGroups(RedisKeys.PENDING).isEmpty()) {
            for (String consumer : List.of("one", "two")) {
                server.xpending(
                                RedisKeys.PENDING,
                                Consumer.from(RedisKeys.GROUP, consumer),
                                Range.unbounded(),
                                Limit.from(100))
                        .forEach(pending ->
                                text.append(consumer)
                                        .append(realNames.of(pending.getId()))
                                        .append(' '));
            }
        }
        return text.toString();
    }

    private Map<String, String> simulatedState(SimulatedRedis simulated) {
        Map<String, String> state = new TreeMap<>();
        for (String key : simulated.keys(any -> true)) {
            Keyspace.Entry entry = simulated.entry(key);
            String value =
                    switch (entry.value) {
                        case List<?> list -> "" + list.size();
                        case Map<?, ?> hash -> {
                            Map<String, String> shown = new TreeMap<>();
                            hash.forEach((field, each) ->
                                    shown.put(
                                            field.toString(), simulatedNames.of(each.toString())));
                            yield shown.toString();
                        }
                        case Stream stream -> simulatedStream(stream);
                        default -> entry.value.toString();
                    };
            state.put(key, value + lasting(entry.expiresAtMillis == Keyspace.NEVER ? -1 : 1));
        }
        return state;
    }

    private String simulatedStream(Stream stream) {
        StringBuilder text = new StringBuilder();
        stream.entries.forEach((id, fields) ->
                text.append(simulatedNames.of(id.toString())).append(fields.get(1)).append(' '));
        for (Stream.Group group : stream.groups.values()) {
            for (String consumer : List.of("one", "two")) {
                group.pending.forEach((id, pending) -> {
                    if (pending.consumer().tojstring().equals(consumer)) {
                        text.append(consumer).append(simulatedNames.of(id.toString())).append(' ');
                    }
                });
            }
        }
        return text.toString();
    }
}
