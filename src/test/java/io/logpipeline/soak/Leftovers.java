package io.logpipeline.soak;

import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.sync.RedisCommands;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What Redis still holds when all is drained. */
final class Leftovers {
    private static final int SCAN_COUNT = 10_000;
    private static final int SHOWN_MAX = 20;

    private final RedisProcess redis;

    Leftovers(RedisProcess redis) {
        this.redis = redis;
    }

    /** Whether there is no list, no batch, no lock and no entry. */
    boolean none() {
        return redis.with(Leftovers::none);
    }

    private static boolean none(RedisCommands<String, String> commands) {
        if (commands.xlen(RedisKeys.PENDING) > 0) {
            return false;
        }
        ScanIterator<String> keys = ScanIterator.scan(commands, ScanArgs.Builder.limit(SCAN_COUNT));
        while (keys.hasNext()) {
            if (!mayStay(keys.next())) {
                return false;
            }
        }
        return true;
    }

    private static boolean mayStay(String key) {
        return key.endsWith("}:ledger")
                || key.contains("}:once:")
                || List.of(RedisKeys.PENDING, "logs:store", "logs:volume", "logs:sweeper")
                        .contains(key);
    }

    /** The files whose ledger does not say that all of them is settled. */
    List<String> unsettled(Workload workload, Path logDir) throws IOException {
        List<String> problems = new ArrayList<>();
        for (int list = 0; list < workload.lists(); list++) {
            Path file = logDir.resolve(workload.file(list));
            if (!Files.exists(file)) {
                continue;
            }
            String ledger = "{" + workload.key(list) + "}:ledger";
            String position = redis.with(commands -> commands.hget(ledger, "position"));
            if (!Long.toString(Files.size(file)).equals(position) && problems.size() < SHOWN_MAX) {
                problems.add(
                        workload.file(list)
                                + ": "
                                + Files.size(file)
                                + " bytes, settled: "
                                + position);
            }
        }
        return problems;
    }
}
