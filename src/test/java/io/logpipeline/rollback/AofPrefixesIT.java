package io.logpipeline.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.AppendOnlyFile.Cut;
import io.logpipeline.rollback.AppendOnlyFile.Place;
import io.logpipeline.rollback.KnownLimit.Meeting;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.Numbered.Finding;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Redis that starts from any prefix of its append-only file, cut between commands or within one,
 * while the files are as they were later. What the prefix holds lands once, in order; what Redis
 * forgot is in the file at most once; events pushed afterwards land once, also when Redis starts
 * yet again.
 */
class AofPrefixesIT {
    /** How many meetings each build runs; all with {@code -Dlogpipeline.chaos=true}. */
    private static final int SAMPLE = 20;

    private final AtomicInteger directories = new AtomicInteger();
    private final AtomicLong events = new AtomicLong();
    private final Queue<KnownLimit> met = new ConcurrentLinkedQueue<>();
    private final Queue<String> saidToHaveExpired = new ConcurrentLinkedQueue<>();
    private RecordedLife life;

    @TempDir private Path directory;

    @Test
    void fromEveryPrefixEachEventThatRedisStillHasLandsOnce() throws Exception {
        life = RecordedLife.record(directory);
        List<Meeting> all = meetings();
        List<Meeting> meetings = ManyCases.sample(all, SAMPLE, withoutName(all));
        ManyCases.Outcome outcome = ManyCases.run(meetings, this::play);
        System.out.printf(
                "AofPrefixesIT: %d of %d prefixes of %d commands, %d events, %s, %d by known"
                        + " limits%n",
                meetings.size(),
                all.size(),
                life.commands().commandCount(),
                events.get(),
                outcome,
                met.size());
        assertThat(outcome.problems()).isEmpty();
        assertThat(saidToHaveExpired).isEmpty();
        if (meetings.containsAll(withoutName(all))) {
            // One that is met no more is one to be struck from the README.
            assertThat(met).contains(KnownLimit.values());
        }
    }

    /**
     * Each prefix meets the files of the end; a prefix of whole units, also those of the first
     * moment that is later. One that is cut within a unit holds what the one before holds.
     */
    private List<Meeting> meetings() {
        List<Meeting> meetings = new ArrayList<>();
        for (Cut cut : life.commands().cuts()) {
            Set<Photograph> files = new LinkedHashSet<>(Set.of(life.photographs.getLast()));
            if (cut.place() == Place.BETWEEN_UNITS) {
                life.photographs.stream()
                        .filter(each -> each.isAheadOf(cut))
                        .findFirst()
                        .ifPresent(files::add);
            }
            boolean knowsItsName = life.commands().sets("logs:store", cut);
            for (Photograph each : files) {
                meetings.add(new Meeting(cut, each, life.users, knowsItsName));
            }
        }
        return meetings;
    }

    /** The store that has nothing, and the one that has no name yet. */
    private static List<Meeting> withoutName(List<Meeting> all) {
        return all.stream()
                .filter(meeting -> !meeting.knowsItsName())
                .filter(meeting -> meeting.cut().place() == Place.BETWEEN_UNITS)
                .filter(meeting -> !meeting.photograph().torn().isEmpty())
                .toList();
    }

    private List<Finding> play(Meeting meeting) throws Exception {
        Path logDir = directory.resolve("played-" + directories.incrementAndGet());
        meeting.photograph().copyTo(logDir);
        Numbered numbered = expected(meeting);
        try (RedisProcess redis = RedisProcess.notStarted(AppendOnlyFile.options())) {
            life.commands().copyTo(redis, meeting.cut());
            redis.restart();
            if (meeting.cut().place() == Place.IN_COMMAND_OF_TRANSACTION) {
                // What happens without it: TornTransactionIT.
                AppendOnlyFile.rewrite(redis);
            }
            goOn(redis, logDir, numbered, 0);
            redis.kill();
            redis.restart();
            goOn(redis, logDir, numbered, 1);
            return judge(meeting, redis, logDir, numbered);
        }
    }

    private Numbered expected(Meeting meeting) {
        Numbered numbered = new Numbered("u");
        List<String> held = life.commands().events(meeting.cut());
        for (int user = 0; user < RecordedLife.USERS; user++) {
            String name = numbered.user(user);
            for (int sequence = 0; sequence < life.next(user); sequence++) {
                if (held.contains(Numbered.line(name, sequence)) || user == RecordedLife.KEYED) {
                    numbered.acknowledged(name, sequence);
                } else {
                    numbered.unsettled(name, sequence);
                }
            }
        }
        return numbered;
    }

    /** Clients that had no answer try again; each user has a new event; all is drained. */
    private void goOn(RedisProcess redis, Path logDir, Numbered numbered, int round)
            throws Exception {
        try (Producer producer = new Producer(redis.url());
                Member drainer = new Member(redis.url(), logDir, "round-" + round, 2)) {
            for (RecordedLife.Keyed request : life.keyed) {
                producer.store(numbered.user(RecordedLife.KEYED), request.first(), request.last());
            }
            for (int user = 0; user < RecordedLife.USERS; user++) {
                if (user == RecordedLife.USERS / 2) {
                    drainer.start();
                }
                int sequence = life.next(user) + round;
                producer.storeWithoutKey(numbered.user(user), sequence, sequence);
                numbered.acknowledged(numbered.user(user), sequence);
            }
            Member.awaitDrained(redis, life.lists());
            saidToHaveExpired.addAll(drainer.expired());
        }
    }

    private List<Finding> judge(Meeting meeting, RedisProcess redis, Path logDir, Numbered numbered)
            throws IOException {
        List<Finding> findings = new ArrayList<>();
        events.addAndGet(numbered.judge(logDir, findings));
        Ledgers.judge(key -> redis, logDir, life.names(), findings);
        findings.removeIf(finding -> {
            Optional<KnownLimit> limit = KnownLimit.of(finding, meeting);
            limit.ifPresent(met::add);
            return limit.isPresent();
        });
        return findings;
    }
}
