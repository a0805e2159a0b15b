package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.simulation.SimulatedDisk;
import io.logpipeline.simulation.SimulatedRedis;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a history leaves out because the README says that it can't be promised; and nothing else.
 * (One more stands in {@code SimulatedFile}: power loss amid two texts for one place of a file
 * leaves all of it as it was in the page cache, for pages of both could make a line that nobody
 * wrote. It takes a failed write or a cut, and a fall-back, before.)
 */
final class Limits {
    /** The longest that a history's end takes, and all its steps without the long pauses. */
    private static final Duration SLACK = Duration.ofSeconds(30);

    private final SimulatedDisk disk;
    private final Duration ledgerLife;

    Limits(SimulatedDisk disk, Duration ledgerLife) {
        this.disk = disk;
        this.ledgerLife = ledgerLife;
    }

    /** What a server holds of a list, claimed or not. */
    static List<String> waiting(SimulatedRedis server, String list) {
        List<String> all = new ArrayList<>(server.list(SimulatedWorld.batch(list)));
        all.addAll(server.list(list));
        return all;
    }

    private boolean holdsAny(Path file, List<String> elements) {
        String content = new String(disk.content(file), StandardCharsets.ISO_8859_1);
        return elements.stream().anyMatch(element -> content.contains(Books.line(element)));
    }

    /**
     * "Power loss right after a write failed ... and a fall-back of Redis": what a failed force
     * left off the disk is written back by whoever verifies the file's end, but not when that
     * passes for settled.
     */
    private boolean isWhole(Path file) {
        if (!disk.isHonest(file)) {
            return false;
        }
        String content = new String(disk.content(file), StandardCharsets.ISO_8859_1);
        return content.isEmpty() || content.endsWith("\n") && content.indexOf('\0') < 0;
    }

    /**
     * "More than {@code drainer.ledger_seconds} passed since [a fall-back], without a drainer": a
     * file so old passes for settled, though Redis took an event of it back into a list. And what
     * of a torn end nobody has any more then stays as a line of its own.
     *
     * @param servers all that anybody talks to
     * @param until how long from now
     */
    boolean mayWait(Iterable<SimulatedRedis> servers, List<UserDay> users, Duration until) {
        for (SimulatedRedis server : servers) {
            if (!mayWait(server, users, until)) {
                return false;
            }
        }
        return true;
    }

    private boolean mayWait(SimulatedRedis server, List<UserDay> users, Duration until) {
        for (UserDay user : users) {
            Path file = SimulatedWorld.file(user);
            boolean outlivesLedger =
                    disk.age(file).plus(until).plus(SLACK).compareTo(ledgerLife) > 0;
            boolean claimed = server.exists(SimulatedWorld.batch(user.key()));
            if (outlivesLedger
                    && !claimed
                    && (!isWhole(file) || holdsAny(file, server.list(user.key())))) {
                return false;
            }
        }
        return true;
    }

    /**
     * "Byte-identical events ... collapse": also when a drainer looked at the file, was stopped for
     * longer than a ledger lives, and claims the list before anybody else has.
     *
     * @param midst whether any drainer is in the midst of something
     */
    boolean mayOutliveLedgers(Duration time, boolean repeats, boolean midst) {
        return !repeats || !midst || time.compareTo(ledgerLife) < 0;
    }

    /**
     * "It fell back to a moment when only other producers had pushed and nothing of this pipeline
     * had run yet": the store gets a new name and its files pass for another store's.
     */
    static boolean isNamedOrEmpty(SimulatedRedis fallen, List<UserDay> users) {
        return fallen.exists(SimulatedWorld.STORE)
                || users.stream().allMatch(user -> waiting(fallen, user.key()).isEmpty());
    }

    /**
     * "A half-written line whose event Redis forgot stays behind as a line of its own when Redis
     * started empty": so nobody is about to write one, and none is there.
     */
    boolean mayStartEmpty(List<UserDay> users, boolean anyInHand) {
        return !anyInHand && users.stream().map(SimulatedWorld::file).allMatch(this::isWhole);
    }

    /**
     * "A file moved away between a write and its commit, and a crash right there: that chunk is in
     * both." And, with a fall-back: "the day file was moved away in between". So not while an old
     * master still has clients; and until the ledger has stepped back nothing splits, nor does
     * anything later fall back behind that.
     */
    boolean mayMove(UserDay user, SimulatedRedis master, boolean split) {
        Path file = SimulatedWorld.file(user);
        return disk.exists(file)
                && !split
                && !disk.isLocked(file)
                && disk.isForced(file)
                && isWhole(file)
                && !holdsAny(file, waiting(master, user.key()));
    }
}
