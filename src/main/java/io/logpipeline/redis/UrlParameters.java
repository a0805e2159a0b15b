package io.logpipeline.redis;

import io.lettuce.core.RedisURI;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The parameters that {@code redis.url} may have. Lettuce passes over those that it does not know:
 * a misspelt one would be found out much later, or never.
 *
 * <p>Invariant: what is told of one that is unknown is no part of a password, of which a {@code ?},
 * {@code &} or {@code ;} was not percent-encoded.
 */
final class UrlParameters {
    /** In lower case: Lettuce reads them in any. */
    private static final Set<String> KNOWN =
            Stream.of(
                            RedisURI.PARAMETER_NAME_TIMEOUT,
                            RedisURI.PARAMETER_NAME_DATABASE,
                            RedisURI.PARAMETER_NAME_SENTINEL_MASTER_ID,
                            RedisURI.PARAMETER_NAME_CLIENT_NAME,
                            RedisURI.PARAMETER_NAME_LIBRARY_NAME,
                            RedisURI.PARAMETER_NAME_LIBRARY_VERSION,
                            RedisURI.PARAMETER_NAME_VERIFY_PEER,
                            SentinelLogin.USER,
                            SentinelLogin.PASSWORD)
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .collect(Collectors.toUnmodifiableSet());

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z]{1,32}=.*");

    private UrlParameters() {}

    /**
     * Checks those of a URL that is one.
     *
     * @throws IllegalStateException when one is unknown; the message may be shown
     */
    static void refuseUnknown(String url) {
        String[] parts = url.split("#", 2);
        if (parts.length > 1 && !SentinelLogin.isOfSentinels(url)) {
            // Lettuce would take what is before it for the host, and tell of it.
            throw new IllegalStateException("redis.url: # in a password is %23");
        }
        if (parts.length > 1 && Stream.of("?", "&", ";", "=", "@").anyMatch(parts[1]::contains)) {
            throw new IllegalStateException(
                    "redis.url: behind the # comes the name, and nothing else; # in a password is"
                            + " %23");
        }
        int query = parts[0].indexOf('?');
        if (query < 0) {
            return;
        }
        boolean behindPassword = parts[0].indexOf('@', query) >= 0;
        for (String parameter : parts[0].substring(query + 1).split("[&;]", -1)) {
            String name = parameter.substring(0, Math.max(0, parameter.indexOf('=')));
            if (!parameter.isEmpty() && !isKnown(name)) {
                throw new IllegalStateException(
                        "redis.url: unknown parameter "
                                + (behindPassword
                                        ? "behind a password, in which ?, & and ; are %3F, %26 and"
                                                + " %3B"
                                        : shown(parameter, name)));
            }
            behindPassword |= name.equalsIgnoreCase(SentinelLogin.PASSWORD);
        }
    }

    private static boolean isKnown(String name) {
        return KNOWN.contains(name.toLowerCase(Locale.ROOT))
                // Lettuce knows no DB.
                || name.equals(RedisURI.PARAMETER_NAME_DATABASE_ALT);
    }

    private static String shown(String parameter, String name) {
        return PLAIN.matcher(parameter).matches() ? name : "(not a plain name=value)";
    }
}
