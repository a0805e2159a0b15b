package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.simulation.SimulatedDisk;
import io.logpipeline.simulation.SimulatedRedis;
import java.util.List;
import java.util.Set;

/** What must be left of a history when all is drained: the files, and what Redis says of them. */
record Ending(SimulatedServers servers, SimulatedDisk disk, List<UserDay> users) {
    private static final Set<String> OF_THE_PIPELINE =
            Set.of(SimulatedWorld.STORE, "logs:volume", "logs:sweeper", RedisKeys.PENDING);

    boolean isReached() {
        return servers.master().entries(RedisKeys.PENDING) == 0
                && users.stream().map(UserDay::key).noneMatch(this::isPending);
    }

    private boolean isPending(String list) {
        SimulatedRedis master = servers.master();
        return master.exists(list)
                || master.exists(SimulatedWorld.batch(list))
                || master.exists("{" + list + "}:lock");
    }

    /** What there still is, for a report. */
    String left() {
        SimulatedRedis master = servers.master();
        return master.keys(any -> true) + ", entries: " + master.entries(RedisKeys.PENDING);
    }

    void check(Books books) {
        for (UserDay user : users) {
            String ledger = SimulatedWorld.ledger(user.key());
            String position = servers.master().field(ledger, "position");
            int size = disk.content(SimulatedWorld.file(user)).length;
            if (position == null || Integer.parseInt(position) != size) {
                books.problem(ledger + " says " + position + " of " + size);
            }
        }
        List<String> others =
                servers.master()
                        .keys(key ->
                                !OF_THE_PIPELINE.contains(key)
                                        && !key.endsWith("}:ledger")
                                        && !key.contains("}:once:"));
        if (!others.isEmpty()) {
            books.problem("left in Redis: " + others);
        }
    }
}
