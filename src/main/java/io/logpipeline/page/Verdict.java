package io.logpipeline.page;

import io.logpipeline.redis.Replicas;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether it is healthy, and if not, why: what the page says first. No sentence has a number in it
 * that moves, so that it is read out once, not every second.
 */
record Verdict(Grade grade, List<String> reasons) {
    /** The worst one stands for all. */
    enum Grade {
        HEALTHY,
        STARTING,
        WORRYING,
        FAILING
    }

    private static final Duration LATELY = Duration.ofSeconds(60);
    private static final Duration LOST_LATELY = Duration.ofMinutes(5);

    private static final class Findings {
        private Grade worst = Grade.HEALTHY;
        private final List<String> failing = new ArrayList<>();
        private final List<String> others = new ArrayList<>();

        void add(Grade grade, String reason) {
            (grade == Grade.FAILING ? failing : others).add(reason);
            worst = grade.compareTo(worst) > 0 ? grade : worst;
        }

        Verdict verdict(String whenHealthy) {
            if (worst == Grade.HEALTHY) {
                return new Verdict(worst, List.of(whenHealthy));
            }
            List<String> reasons = new ArrayList<>(failing);
            reasons.addAll(others);
            return new Verdict(worst, List.copyOf(reasons));
        }
    }

    static Verdict of(Subject subject, Optional<Replicas.Group> group) {
        Findings findings = new Findings();
        if (subject.state().redisUp()) {
            judgeLag(subject, findings);
            group.ifPresent(seen -> judgeDrainers(subject, seen, findings));
        } else if (subject.state().isStarted()) {
            findings.add(
                    Grade.FAILING,
                    "Redis does not answer: events are refused with 500 and none is drained. All"
                            + " goes on by itself when it is back.");
        } else {
            findings.add(Grade.STARTING, "Redis has not answered yet; trying until it does.");
        }
        judgeLogDir(subject, findings);
        subject.watchdog()
                .stalled(subject.traits().livenessLimit())
                .ifPresent(stalled ->
                        findings.add(
                                Grade.FAILING,
                                "A loop of this process stands still: /health/live says which."));
        judgeFailures(subject, findings);
        return findings.verdict("Events are taken, drained and written on time.");
    }

    private static void judgeLag(Subject subject, Findings findings) {
        Duration lag = subject.state().pending().lag();
        if (lag.compareTo(subject.traits().lagHigh()) > 0) {
            findings.add(
                    Grade.FAILING,
                    "The oldest list has waited for over half its life in Redis: no drainers,"
                            + " failing ones, or too few.");
        } else if (lag.compareTo(subject.traits().lagUsual()) > 0) {
            findings.add(Grade.WORRYING, "Lists wait longer than usual for their drainer.");
        }
    }

    private static void judgeDrainers(Subject subject, Replicas.Group group, Findings findings) {
        Duration lease = subject.traits().lease();
        boolean anyHeard = false;
        boolean anyGone = false;
        for (Replicas.Member member : group.members()) {
            anyHeard |= member.idle().compareTo(lease) <= 0;
            anyGone |= Presence.of(member, lease) == Presence.GONE;
        }
        Duration lag = subject.state().pending().lag();
        if (!anyHeard && lag.compareTo(subject.traits().interval().plus(lease)) > 0) {
            findings.add(Grade.FAILING, "Lists wait and no drainer gives a sign of life.");
        } else if (anyGone) {
            findings.add(
                    Grade.WORRYING,
                    "A drainer went away with lists in its hands: another one takes them over.");
        }
    }

    private static void judgeLogDir(Subject subject, Findings findings) {
        if (subject.logDirUnusable()) {
            findings.add(
                    Grade.FAILING,
                    "The log directory can't be used: events stay in Redis until it can."
                            + " /health/ready says why.");
        } else if (subject.traits().drains() && subject.state().logDirProblem() != null) {
            findings.add(Grade.STARTING, "The log directory was not looked at yet.");
        }
    }

    private static void judgeFailures(Subject subject, Findings findings) {
        if (subject.failures().gravest("Lost", LOST_LATELY).isPresent()) {
            findings.add(
                    Grade.FAILING, "Events were lost: lists expired before anybody drained them.");
        }
        // What follows from Redis being away is said by that.
        boolean redisUp = subject.state().redisUp();
        subject.failures()
                .gravest("Drain", LATELY)
                .map(level -> level.compareTo(Level.ERROR) >= 0 ? Grade.FAILING : Grade.WORRYING)
                .filter(grade -> redisUp || grade == Grade.FAILING)
                .ifPresent(grade ->
                        findings.add(
                                grade,
                                "Drains failed within the last minute; they are tried again."));
        subject.failures()
                .gravest("Ingest", LATELY)
                .filter(level -> redisUp)
                .ifPresent(level ->
                        findings.add(
                                Grade.WORRYING,
                                "Requests were turned away within the last minute."));
    }
}
