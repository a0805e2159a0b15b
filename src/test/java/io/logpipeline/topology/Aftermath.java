package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.rollback.Ledgers;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.Numbered.Finding;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What must be when a load has ended: no list, batch or entry is left at any master, each ledger
 * says how long its file is, and each event is in its file as often as was promised.
 */
final class Aftermath {
    private final Supplier<List<RedisProcess>> masters;
    private final Function<String, RedisProcess> masterOf;

    private Aftermath(
            Supplier<List<RedisProcess>> masters, Function<String, RedisProcess> masterOf) {
        this.masters = masters;
        this.masterOf = masterOf;
    }

    static Aftermath of(RedisCluster cluster) {
        return new Aftermath(cluster::mastersNow, cluster::masterOf);
    }

    static Aftermath of(RedisProcess master) {
        return new Aftermath(() -> List.of(master), key -> master);
    }

    /**
     * Waits until all is drained, and judges.
     *
     * @return how many events are in files
     */
    long verify(Path logDir, Numbered... all) throws IOException {
        Await.untilAsserted("nothing is left in Redis", () -> assertThat(left()).isEmpty());
        List<Finding> findings = new ArrayList<>();
        long events = 0;
        for (Numbered each : all) {
            events += each.judge(logDir, findings);
            Ledgers.judge(masterOf, logDir, each.users(), findings);
        }
        assertThat(findings).isEmpty();
        return events;
    }

    private List<String> left() {
        return masters.get().stream().flatMap(each -> each.with(Aftermath::left).stream()).toList();
    }

    /** What is more than ledgers and idempotency keys, which end by themselves. */
    private static List<String> left(RedisCommands<String, String> master) {
        List<String> left = new ArrayList<>();
        for (String key : master.keys("*logs:user_*")) {
            if (!key.endsWith("}:ledger") && !key.contains("}:once:")) {
                left.add(key);
            }
        }
        for (String stream : master.keys(RedisKeys.PENDING + "*")) {
            long entries = master.xlen(stream);
            long handedOut = master.xpending(stream, RedisKeys.GROUP).getCount();
            if (entries + handedOut > 0) {
                left.add("%s: %d entries, %d handed out".formatted(stream, entries, handedOut));
            }
        }
        return left;
    }
}
