package io.logpipeline.safeguards;

import java.util.List;

/** Of commits, and of what their answers lead to. */
final class CommitSafeguards {
    static final List<Safeguard> ALL =
            List.of(
                    new Safeguard(
                            "go on by the holder only",
                            "Who lost the lock does not claim what comes next.",
                            "redis/commit.lua",
                            "if not mine then",
                            "if false then",
                            "redis.CommitTest#nobodyGoesOnWithoutTheLock"),
                    new Safeguard(
                            "go on in the store that was prepared for",
                            "A commit claims for the store that the directory has noted only.",
                            "redis/commit.lua",
                            "redis.call('GET', KEYS[5]) == ARGV[9] and ",
                            "",
                            "redis.CommitTest#nobodyGoesOnWhoPreparedForAnotherStore"),
                    new Safeguard(
                            "go on with the lease of the volume",
                            "A commit claims for the volume that live drainers share only.",
                            "redis/commit.lua",
                            " and redis.call('GET', KEYS[6]) == ARGV[10]",
                            "",
                            "redis.CommitTest#nobodyGoesOnWhoseVolumeHasNoLease"),
                    new Safeguard(
                            "go on where the file ends",
                            "Lines behind a chunk are left to a claim.",
                            "drain/ReadAhead.java",
                            "return endsThere ? basis.admission() : null;",
                            "return basis.admission();",
                            "drain.ReadAheadTest#aFileThatGoesOnBehindItsChunkIsClaimedFor"),
                    new Safeguard(
                            "new entry after a drain",
                            "Events pushed during a drain are drained without waiting for a sweep.",
                            "drain/Commits.java",
                            "if (done.pushedAgainMicros() > 0) {",
                            "if (false) {",
                            "drain.KeyDrainTest"),
                    new Safeguard(
                            "one last commit under way",
                            "What waits for an answer is bounded.",
                            "drain/Commits.java",
                            "claims.await(last);\n        last =",
                            "last =",
                            "drain.LastCommitTest#noMoreThanOneIsUnderWay"),
                    new Safeguard(
                            "room of a commit under way",
                            "What a commit under way holds counts as held.",
                            "drain/Commits.java",
                            "room.keepUntil(last);",
                            "",
                            "drain.KeyDrainTest#theLastChunkKeepsItsRoomUntilItsCommitIsAnswered"),
                    new Safeguard(
                            "worker ends after its last commit",
                            "A replica that stops gives back no list that it has drained.",
                            "drain/Drainer.java",
                            "awaitSettled();\n            }",
                            "}",
                            "drain.DrainWorkersTest#stoppingFinishesWhatIsInHand"),
                    new Safeguard(
                            "commit that failed ends nothing",
                            "A list whose last commit got lost keeps its entry.",
                            "drain/Commits.java",
                            "return failed(held,"
                                    + " RedisFailure.of(Objects.requireNonNull(failure)));",
                            "return Outcome.ENDED;",
                            "drain.KeyDrainTest"),
                    new Safeguard(
                            "stale commit ends nothing",
                            "A list whose commit settled nothing keeps its entry.",
                            "drain/Commits.java",
                            "if (!(commit instanceof CommitOutcome.Done done)) {\n"
                                    + "                return Outcome.RETRY;",
                            "if (!(commit instanceof CommitOutcome.Done done)) {\n"
                                    + "                return Outcome.ENDED;",
                            "drain.KeyDrainTest"),
                    new Safeguard(
                            "fault where a commit is answered",
                            "A fault that an answer brings out leaves no entry in hand for ever.",
                            "drain/Commits.java",
                            "catch (RuntimeException | Error unexpected)",
                            "catch (java.util.ConcurrentModificationException unexpected)",
                            "drain.KeyDrainTest#soIsOneWhereTheLastCommitIsAnswered"),
                    new Safeguard(
                            "appended is not expired",
                            "Nobody is told of lost events that stand in their file.",
                            "drain/KeyDrain.java",
                            "if (!held.appended) {",
                            "if (true) {",
                            "drain.KeyDrainTest"));

    private CommitSafeguards() {}
}
