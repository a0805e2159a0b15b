package io.logpipeline.rollback;

import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.Numbered.Fault;
import io.logpipeline.testing.Numbered.Finding;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** When all is drained, each ledger says how long its file is. */
final class Ledgers {
    private Ledgers() {}

    static void judge(RedisProcess redis, Path logDir, List<String> users, List<Finding> findings)
            throws IOException {
        for (String user : users) {
            String ledger = "{" + Numbered.list(user) + "}:ledger";
            String position = redis.with(server -> server.hget(ledger, "position"));
            String size = Long.toString(Files.size(Numbered.file(logDir, user)));
            if (!size.equals(position)) {
                String what = "the ledger says " + position + " of " + size;
                findings.add(new Finding(Fault.UNSETTLED, user, what));
            }
        }
    }
}
