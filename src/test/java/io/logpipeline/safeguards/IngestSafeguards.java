package io.logpipeline.safeguards;

import java.util.List;

/** Of what stands between a client and Redis. */
final class IngestSafeguards {
    static final List<Safeguard> ALL =
            List.of(
                    new Safeguard(
                            "whoever gathers sends",
                            "What others left to him does not wait for ever.",
                            "redis/PushLane.java",
                            "if (gatherer.compareAndSet(request, null)) {\n"
                                    + "            sendWaiting();",
                            "if (gatherer.compareAndSet(request, null)) {",
                            "redis.PushLaneTest#whoComesWhileAnotherOneGathersGoesInItsCall"),
                    new Safeguard(
                            "whoever is about to send is not relied upon",
                            "One that came to grief, or is busy in another lane, holds up nobody.",
                            "redis/PushLane.java",
                            "(other == null || other.isGathered())",
                            "other == null",
                            "redis.PushLaneTest#whoIsAboutToSendIsNotReliedUponAnyMore"),
                    new Safeguard(
                            "answers hold no memory",
                            "A client that does not take its answer keeps no body out.",
                            "api/TimedContext.java",
                            "pulled = 0;\n        memory.close();",
                            "pulled = 0;",
                            "api.TimedContextTest"),
                    new Safeguard(
                            "requests that come together are counted apart",
                            "Small ones are not refused for the memory of a large one.",
                            "api/TimedContext.java",
                            "pulled = 0;\n        memory.close();",
                            "memory.close();",
                            "api.BodyMemoryTest#smallBodiesThatComeTogetherAreNotTakenForALargeOne"),
                    new Safeguard(
                            "tokens of events that were turned away",
                            "An overload does not cost users what they may send behind it.",
                            "api/LogService.java",
                            "charge.putBack();",
                            "",
                            "api.AdmissionTest#eventsForWhichThereIsNoRoomCostTheirUserNothing"),
                    new Safeguard(
                            "what was not taken up is tried again",
                            "A certificate that was renewed is served though the first try failed.",
                            "access/FileWatch.java",
                            "changed.accept(read);",
                            "settled = seen;\n                changed.accept(read);",
                            "access.FileWatchTest#whatCouldNotBeTakenUpIsTriedAgainAndToldOnce"),
                    new Safeguard(
                            "an idle connection is cut when it waits",
                            "Making room for others interrupts nobody's request.",
                            "api/ClientWait.java",
                            "if (state.get() instanceof Wait now && !now.limited) {\n"
                                    + "            cut(now);",
                            "if (true) {\n            thread.interrupt();",
                            "api.ClientWaitTest#aClientBetweenTwoRequestsCanBeCutAndOneThatIsServedCanNot"),
                    new Safeguard(
                            "expiry outlives the interval",
                            "Lists do not expire before they are due.",
                            "SettingsReader.java",
                            "settings.contradiction()\n                .ifPresent",
                            "settings.contradiction().filter(reason -> reason.isEmpty())\n"
                                    + "                .ifPresent",
                            "SettingValuesTest"),
                    new Safeguard(
                            "canonical key",
                            "Two keys never mean one file.",
                            "event/UserDay.java",
                            ".filter(userDay -> userDay.key().equals(key));",
                            ";",
                            "event.ForeignKeyTest"),
                    new Safeguard(
                            "no path traversal",
                            "A user id never leaves the log directory.",
                            "event/UserDay.java",
                            "|| character == '-';",
                            "|| character == '-'\n                || character == '/';",
                            "event.UserDayTest"),
                    new Safeguard(
                            "all-or-nothing batches",
                            "A batch with an invalid event is refused whole.",
                            "event/EventParser.java",
                            "} catch (RejectedBody e) {\n"
                                    + "            return new ParseResult.Rejected(e.details());\n"
                                    + "        }\n"
                                    + "        return accepted(events);\n"
                                    + "    }\n\n"
                                    + "    private",
                            "} catch (RejectedBody e) {\n"
                                    + "        }\n"
                                    + "        return accepted(events);\n"
                                    + "    }\n\n"
                                    + "    private",
                            "event.BatchTest"),
                    new Safeguard(
                            "one stored line an event",
                            "No byte of an event tears its line.",
                            "event/LineWriter.java",
                            "return c >= 0x20 && ",
                            "return ",
                            "event.StoredLineTest"),
                    new Safeguard(
                            "depth of an event",
                            "Nesting does not end the stack.",
                            "event/EventReader.java",
                            "if (depth == DEPTH_MAX) {",
                            "if (false) {",
                            "event.RejectedEventTest"),
                    new Safeguard(
                            "duplicate members",
                            "No reader sees another event than the one checked.",
                            "event/EventReader.java",
                            "if (!names.add(depth, start)) {",
                            "if (!names.add(depth, start) && false) {",
                            "event.RejectedEventTest"),
                    new Safeguard(
                            "limit of a body",
                            "A body takes no more memory than its limit, inflated.",
                            "api/BodyReader.java",
                            "int limit = lines ? limits.batchBytesMax() : limits.objectBytesMax();",
                            "int limit = Integer.MAX_VALUE - 8;",
                            "api.GzipTest#theLimitAppliesToTheInflatedSize",
                            "api.BodyLimitTest#aChunkedObjectOfOneByteMoreIsRefused"),
                    new Safeguard(
                            "limit before a body is asked for",
                            "A body over its limit is not sent at all.",
                            "api/LogService.java",
                            "if (headers.contentLength() > limits.batchBytesMax()) {",
                            "if (false) {",
                            "api.BodyLimitTest#aTooLargeBodyIsNotAskedFor"),
                    new Safeguard(
                            "whole gzip",
                            "A body is not stored up to the end of its first member only.",
                            "api/GzipBody.java",
                            "if (at == length && at > 0) {",
                            "if (at > 0) {",
                            "api.GzipTest"),
                    new Safeguard(
                            "gzip checksum",
                            "A body that was damaged on its way is not stored.",
                            "api/GzipBody.java",
                            "number() != checksum.getValue()\n                || number()",
                            "number() == 0 && number()",
                            "api.GzipTest#aWrongChecksumIsRefused"),
                    new Safeguard(
                            "room for inflated bodies",
                            "Bodies of all requests together fit into memory.",
                            "api/BodyReader.java",
                            "if (!room.test(larger)) {",
                            "if (false) {",
                            "api.BodyMemoryTest#aBodyThatBecomesLargeWhenItIsInflatedTakesRoomToo"),
                    new Safeguard(
                            "room for bodies",
                            "Bodies of all requests together fit into memory.",
                            "api/TimedContext.java",
                            "if (!refused && !memory.covers(Math.min(pulled, heldBytesMax))) {",
                            "if (false) {",
                            "api.BodyMemoryTest#aBodyForWhichOthersLeaveNoRoomIsRefusedUntilTheyAreGone"),
                    new Safeguard(
                            "size of a chunk",
                            "A server in front sees the same requests in the same bytes.",
                            "api/StrictReader.java",
                            "digits == 0 || digits > SIZE_DIGITS_MAX",
                            "false",
                            "api.ChunksTest"),
                    new Safeguard(
                            "what is ignored is bounded",
                            "Extensions and trailers do not go on for ever.",
                            "api/StrictReader.java",
                            "if (ignoredBytes > IGNORED_BYTES_MAX) {",
                            "if (false) {",
                            "api.ChunksTest"),
                    new Safeguard(
                            "slow clients",
                            "A client that sends a byte a second is cut off.",
                            "api/ClientWait.java",
                            "thread.interrupt();",
                            "",
                            "api.ClientWaitTest"),
                    new Safeguard(
                            "interrupted only while it waits",
                            "A request that is being stored is not cut off.",
                            "api/ClientWait.java",
                            "                && nowNanos - now.sinceNanos > limitNanos) {\n"
                                    + "            cut(now);",
                            "                || nowNanos - sinceNanos > limitNanos) {\n"
                                    + "            thread.interrupt();",
                            "api.ClientWaitTest"),
                    new Safeguard(
                            "once cut",
                            "A connection that was cut off does not go on with the interrupt gone.",
                            "api/ClientWait.java",
                            "if (state.compareAndSet(wait, Fixed.CUT)) {",
                            "if (true) {",
                            "api.ClientWaitTest"),
                    new Safeguard(
                            "the last answer says so",
                            "No client sends a request into a connection that is being closed.",
                            "api/ConnectionCloser.java",
                            "if (open.areEnding()) {",
                            "if (false) {",
                            "EndingConnectionsTest"),
                    new Safeguard(
                            "idempotency key is checked",
                            "What Redis gets for a key's name is short and printable.",
                            "api/RequestHeaders.java",
                            "&& key.length() <= IDEMPOTENCY_KEY_CHARACTERS_MAX",
                            "",
                            "api.RefusedRequestTest"),
                    new Safeguard(
                            "200 only when stored",
                            "A push that failed is not answered with 200.",
                            "api/LogService.java",
                            "answer.storeFailed(details, retryAfter);",
                            "answer.stored(RequestOutcome.ACCEPTED, events.size(), batch);",
                            "api.RefusedRequestTest"),
                    new Safeguard(
                            "503 when overloaded",
                            "A push that found no room is not answered with 200.",
                            "api/LogService.java",
                            "answer.overloaded(retryAfter);",
                            "answer.stored(RequestOutcome.ACCEPTED, events.size(), batch);",
                            "api.RefusedRequestTest"),
                    new Safeguard(
                            "watchdog",
                            "A loop that stands still is named.",
                            "telemetry/Watchdog.java",
                            "if (silentNanos > oldestNanos) {",
                            "if (false) {",
                            "telemetry.WatchdogTest"),
                    new Safeguard(
                            "rate of events that Redis did not take",
                            "A client that tries again is not refused for what was not stored.",
                            "api/LogService.java",
                            "case PushOutcome.Overloaded _, PushOutcome.Failed _ -> false;",
                            "case PushOutcome.Overloaded _, PushOutcome.Failed _ -> true;",
                            "api.AdmissionTest#eventsThatRedisDidNotTakeCostTheirUserNothing"));

    private IngestSafeguards() {}
}
