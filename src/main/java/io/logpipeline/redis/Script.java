package io.logpipeline.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Each atomic effect on Redis, by name. The Lua file of that name says its keys, its arguments and
 * every answer.
 */
public enum Script {
    PUSH,
    GROUP,
    NOTIFY,
    TAKE,
    RECLAIM,
    RENEW,
    ACKNOWLEDGE,
    PENDING,
    REPLICAS,
    HOLDER,
    ENTRIES,
    RETIRE,
    REMOVE,
    WAITING,
    CLAIM,
    READ,
    COMMIT,
    RELEASE,
    LEASE,
    STORE,
    TEND;

    private final String source;
    private final String digest;

    Script() {
        String file = name().toLowerCase(Locale.ROOT) + ".lua";
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + file);
            }
            byte[] bytes = in.readAllBytes();
            source = new String(bytes, StandardCharsets.UTF_8);
            digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The Lua text. */
    public String source() {
        return source;
    }

    /** The name by which Redis keeps it: lower-case SHA-1 of the source. */
    public String digest() {
        return digest;
    }
}
