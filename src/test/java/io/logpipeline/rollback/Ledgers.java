package io.logpipeline.rollback;

import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.Numbered.Fault;
import io.logpipeline.testing.Numbered.Finding;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** When all is drained, each ledger says how long its file is. */
public final class Ledgers {
    private Ledgers() {}

    /**
     * @param serverOf which server has a key
     */
    public static void judge(
            Function<String, RedisProcess> serverOf,
            Path logDir,
            Collection<String> users,
            List<Finding> findings)
            throws IOException {
        for (String user : users) {
            String ledger = "{" + Numbered.list(user) + "}:ledger";
            String position =
                    serverOf.apply(ledger).with(server -> server.hget(ledger, "position"));
            String size = Long.toString(Files.size(Numbered.file(logDir, user)));
            if (!size.equals(position)) {
                String what = "the ledger says " + position + " of " + size;
                findings.add(new Finding(Fault.UNSETTLED, user, what));
            }
        }
    }
}
