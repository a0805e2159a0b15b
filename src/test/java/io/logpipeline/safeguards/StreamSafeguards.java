package io.logpipeline.safeguards;

import java.util.List;

/** Of the pending streams together. */
final class StreamSafeguards {
    static final List<Safeguard> ALL =
            List.of(
                    new Safeguard(
                            "streams of another setting are read",
                            "No entry waits for a process of its writer's setting.",
                            "redis/StreamSet.java",
                            "|| existing.contains(stream)",
                            "",
                            "redis.PendingStreamsTest"),
                    new Safeguard(
                            "streams that are silent stay",
                            "A stream whose master is away for a while is read all the time.",
                            "redis/StreamSet.java",
                            "|| silent.contains(stream) && before.contains(stream)",
                            "",
                            "redis.PendingStreamsTest"),
                    new Safeguard(
                            "watch looks for streams",
                            "Each process sees streams of another setting by itself.",
                            "redis/RedisWatch.java",
                            "looks++ % LOOKS_AT_ALL_STREAMS == 0 ? pending.look() :"
                                    + " pending.backlog()",
                            "pending.backlog()",
                            "redis.RedisWatchTest#streamsOfAnotherSettingAreSeenFromTheStart"),
                    new Safeguard(
                            "entries are not removed with their stream",
                            "What a late writer adds is not lost.",
                            "redis/remove.lua",
                            "if entries > 0 then",
                            "if false then",
                            "redis.PendingStreamsTest"),
                    new Safeguard(
                            "own streams are not removed",
                            "A stream that is written to is not taken away each time it is empty.",
                            "redis/PendingStreams.java",
                            "foreign.removeAll(set.configured());",
                            "",
                            "redis.PendingStreamsTest"),
                    new Safeguard(
                            "readers bring no stream back",
                            "A stream of nobody's setting ends.",
                            "redis/take.lua",
                            "    return {'WAIT', -1}\nend\nlocal last\n",
                            "    redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0',"
                                    + " 'MKSTREAM')\nend\nlocal last\n",
                            "redis.PendingStreamsTest"),
                    new Safeguard(
                            "streams that ended are forgotten",
                            "What is gone counts as pending no more.",
                            "redis/PendingStreams.java",
                            "lastHeard.remove(number);",
                            "",
                            "redis.PendingStreamsTest#aStreamThatEndedCountsNoMore"),
                    new Safeguard(
                            "entry's name has its stream",
                            "Entries that two streams gave one id are not taken for one.",
                            "redis/PendingEntry.java",
                            "stream == 0 ? id : id + \"@\" + stream",
                            "id",
                            "drain.StreamTurnsTest#entriesOfOneIdInTwoStreamsAreWorkedOnAtOnce"),
                    new Safeguard(
                            "stream is asked by one worker",
                            "A silent master does not hold up all workers.",
                            "drain/Intake.java",
                            "source.beingAsked = true;",
                            "",
                            "drain.StreamTurnsTest#aSilentStreamHoldsUpOneWorkerAndNoOtherStream"),
                    new Safeguard(
                            "streams take turns",
                            "A stream with much to do keeps no other waiting.",
                            "drain/Intake.java",
                            "lastAsked = turn;",
                            "",
                            "drain.StreamTurnsTest#aStreamWithMuchToDoKeepsNoOtherWaiting"),
                    new Safeguard(
                            "news ends waits",
                            "What one worker took for all is not left lying.",
                            "drain/Intake.java",
                            "while (news == since && nanos > 0) {",
                            "while (nanos > 0) {",
                            "drain.StreamTurnsTest#aWorkerThatWaitsIsToldOfWhatAnotherOneTook"),
                    new Safeguard(
                            "sweep reads all streams",
                            "A list with an entry in a stream of another setting gets no second"
                                    + " one each sweep.",
                            "drain/Sweeper.java",
                            "pending.look();",
                            "",
                            "drain.SeveralStreamsTest#aSweepKnowsTheEntriesOfStreamsOfAnotherSetting"),
                    new Safeguard(
                            "sweep removes streams of nobody",
                            "What a setting left behind is not looked through for ever.",
                            "drain/Sweeper.java",
                            "pending.removeForeign();",
                            "",
                            "drain.SeveralStreamsTest#aSweepKnowsTheEntriesOfStreamsOfAnotherSetting"),
                    new Safeguard(
                            "silent stream ends no sweep",
                            "Lists do not expire because the master of one stream is away.",
                            "drain/KnownLists.java",
                            "if (lastIds.isEmpty()) {",
                            "if (true) {",
                            "drain.SeveralStreamsTest#aSilentStreamKeepsNoListFromBeingSwept"),
                    new Safeguard(
                            "silent stream gets no second entries",
                            "Lists whose entries can't be seen are not taken for forgotten.",
                            "drain/KnownLists.java",
                            "if (!lastIds.containsKey(stream)) {",
                            "if (false) {",
                            "drain.SeveralStreamsTest#aSilentStreamKeepsNoListFromBeingSwept"));

    private StreamSafeguards() {}
}
