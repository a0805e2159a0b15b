package io.logpipeline.testing;

import java.util.ArrayList;
import java.util.List;

/** A user of Redis, or of Sentinels, that has the rights which the README names, and no more. */
public final class RedisUser {
    public static final String NAME = "log-pipeline";

    private static final List<String> RIGHTS =
            List.of(
                    "~logs:*",
                    "~{logs:*",
                    "-@all",
                    "+@connection",
                    "+@read",
                    "+@write",
                    "+@scripting",
                    "-@dangerous",
                    "+info",
                    "+time",
                    "+bgrewriteaof");

    private RedisUser() {}

    /** As on redis-server's command line. */
    public static List<String> options(String password, String... moreRights) {
        List<String> options = new ArrayList<>(List.of("--user", NAME, "on", ">" + password));
        options.addAll(RIGHTS);
        options.addAll(List.of(moreRights));
        return options;
    }

    /** The user of a Sentinel, as in its file. */
    public static String sentinelsLine(String password) {
        return "user %s on >%s -@all +ping +client +sentinel|get-master-addr-by-name"
                .formatted(NAME, password);
    }
}
