package io.logpipeline.redis;

import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.StaticCredentialsProvider;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How Sentinels themselves are logged in to: {@code sentinelUser} and {@code sentinelPassword},
 * parameters of a URL that Lettuce knows nothing of. Its user and password are Redis' own.
 *
 * <p>Like Lettuce's parameters they are told apart by {@code &} or {@code ;} and written in any
 * case. Lettuce decodes all of a query before it takes it apart: never let it see them.
 */
final class SentinelLogin {
    static final String USER = "sentinelUser";
    static final String PASSWORD = "sentinelPassword";

    /** Also where they don't belong: a name that holds a password would be shown. */
    private static final Pattern PARAMETER =
            Pattern.compile("(?i)(?<=[?&;#])sentinel(user|password)=([^&;#]*)");

    private static final Pattern SENTINELS = Pattern.compile("rediss?-sentinel://");

    private SentinelLogin() {}

    /**
     * What the URL says; empty when nothing.
     *
     * @throws IllegalArgumentException when a value is not percent-encoded
     * @throws IllegalStateException when it is of no use; the message may be shown
     */
    static Optional<RedisCredentialsProvider> in(String url) {
        Matcher parameter = PARAMETER.matcher(url);
        if (!parameter.find()) {
            return Optional.empty();
        }
        if (!isOfSentinels(url)) {
            throw new IllegalStateException(
                    "redis.url: sentinelUser and sentinelPassword are for redis-sentinel:// and"
                            + " rediss-sentinel:// only");
        }
        String user = "";
        String password = "";
        do {
            if (url.lastIndexOf('#', parameter.start()) >= 0) {
                throw new IllegalStateException(
                        "redis.url: sentinelUser and sentinelPassword come before the # of the"
                                + " name");
            }
            if (parameter.group(1).equalsIgnoreCase("user")) {
                user = decoded(parameter.group(2));
            } else {
                password = decoded(parameter.group(2));
            }
        } while (parameter.find());
        if (password.isEmpty()) {
            throw new IllegalStateException("redis.url: sentinelPassword is missing or empty");
        }
        return Optional.of(
                new StaticCredentialsProvider(
                        user.isEmpty() ? null : user, password.toCharArray()));
    }

    /** A plus is one, as in the rest of the URL. */
    private static String decoded(String value) {
        return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    static boolean isOfSentinels(String url) {
        return SENTINELS.matcher(url).lookingAt();
    }

    /** The URL that Lettuce may see. */
    static String cutFrom(String url) {
        return PARAMETER.matcher(url).replaceAll("");
    }
}
