package io.logpipeline.safeguards;

import java.util.List;

/** Of what stands between a client and Redis. */
final class IngestSafeguards {
    static final List<Safeguard> ALL =
            List.of(
                    new Safeguard(
                            "REJECT_COMMANDS",
                            "A push whose reply was lost is not sent again by itself.",
                            "redis/Connector.java",
                            "DisconnectedBehavior.REJECT_COMMANDS)",
                            "DisconnectedBehavior.ACCEPT_COMMANDS)",
                            "redis.AtMostOnceTest#aPushWhoseReplyWasLostIsNotSentAgain"),
                    new Safeguard(
                            "torn append-only file is made whole",
                            "What Redis acknowledges behind half a transaction survives its next"
                                    + " start.",
                            "redis/RedisWatch.java",
                            "            rewriter.look();\n",
                            "",
                            "rollback.TornTransactionIT"),
                    new Safeguard(
                            "append-only file that could not be written anew",
                            "It is tried again.",
                            "redis/ServerLink.java",
                            "file.isDue() || again && file.isDueAgain()",
                            "file.isDue()",
                            "redis.AofRewriterTest"),
                    new Safeguard(
                            "pause between tries to write a file anew",
                            "Each try leaves something behind in Redis.",
                            "redis/AofRewriter.java",
                            "boolean again = clock.since(triedNanos).compareTo(pause) >= 0;",
                            "boolean again = true;",
                            "redis.AofRewriterTest"),
                    new Safeguard(
                            "silent connection is given up",
                            "What waits behind a dead connection ends.",
                            "redis/RedisFailure.java",
                            "case TIMED_OUT -> true;",
                            "case TIMED_OUT -> false;",
                            "redis.PushQueueFailuresTest#aConnectionThatAnswersNoMoreIsGivenUpWithWhatWaitsInIt"),
                    new Safeguard(
                            "replica is given up",
                            "A server that became a replica is not asked for ever.",
                            "redis/RedisFailure.java",
                            "errorCode().equals(\"READONLY\")",
                            "false",
                            "redis.PushQueueFailuresTest#aConnectionToAServerThatBecameAReplicaIsMadeAnew"),
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
                            "end of a client is not awaited for ever",
                            "A stop comes to its end though a thread of the client is stuck.",
                            "redis/Connector.java",
                            "LettuceFutures.awaitAll(END_MAX, client.shutdownAsync());",
                            "client.shutdownAsync().join();",
                            "redis.RedisLinkTest"),
                    new Safeguard(
                            "script that is not known is sent",
                            "A Redis that forgot its scripts takes pushes.",
                            "redis/ServerLink.java",
                            "return cause instanceof RedisNoScriptException;",
                            "return false;",
                            "redis.PushQueueTest#scriptsThatRedisForgotAreSentAnew"),
                    new Safeguard(
                            "bounded push queue",
                            "What waits for Redis fits into memory: past it, 503.",
                            "redis/PushQueue.java",
                            "if (!freeBytes.tryAcquire(request.bytes())) {",
                            "if (false) {",
                            "redis.PushQueueTest#aRequestThatFindsNoRoomIsRefusedAtOnceAndLaterOnesGetThrough"),
                    new Safeguard(
                            "a store id for each call",
                            "A Redis that started empty is another store, though the same process"
                                    + " gave it its id.",
                            "redis/PushQueue.java",
                            "return () -> ascii(prefix + calls.incrementAndGet());",
                            "return () -> ascii(prefix);",
                            "drain.RedisRestartTest#anEventThatEqualsOneOfAFormerStoreLandsToo"),
                    new Safeguard(
                            "bounded calls",
                            "What comes while Redis is at work gathers, and does not pile up in"
                                    + " the connection.",
                            "redis/PushLane.java",
                            "return unansweredCalls.get() < topology.unansweredCallsMax();",
                            "return true;",
                            "redis.PushSenderTest#onlySoManyCallsAreUnansweredAndWhatComesMeanwhileGoesWithTheNext"),
                    new Safeguard(
                            "bounded call",
                            "A request of many lists holds up no other.",
                            "redis/PushCall.java",
                            "return parts.size() >= PARTS_MAX || bytes > BYTES_MAX;",
                            "return false;",
                            "redis.PushSenderTest#aRequestOfManyListsTakesTurnsWithThoseBehindIt",
                            "redis.PushSenderTest#largeEventsFillACallBeforeItsPartsDo"),
                    new Safeguard(
                            "who asks to send is heard",
                            "What came while others sent does not wait for ever.",
                            "redis/PushLane.java",
                            "} while (asked != 0);",
                            "} while (false);",
                            "redis.PushSenderTest#whoAsksToSendWhileOthersDoIsHeard"),
                    new Safeguard(
                            "a fault frees its place",
                            "Calls that were never sent do not stop those that come after.",
                            "redis/PushLane.java",
                            "unansweredCalls.decrementAndGet();\n            throw unexpected;",
                            "throw unexpected;",
                            "redis.PushSenderTest#faultsTakeNoRoomInTheWindow"),
                    new Safeguard(
                            "calls are watched",
                            "A call that never ends, and holds up all, is named.",
                            "redis/PushLane.java",
                            "= terms.watchdog().loop(\"push-call\");",
                            "= new Watchdog(() -> 0).loop(\"push-call\");",
                            "redis.PushSenderTest#aCallThatNeverEndsIsSeenByTheWatchdog"),
                    new Safeguard(
                            "late request is not sent",
                            "What waited so long that its client may be gone is not stored.",
                            "redis/PushLane.java",
                            "if (share.request().isOlderThan(terms.calls().timeout())) {",
                            "if (false) {",
                            "redis.PushSenderTest#aRequestThatWaitedLongerThanTheTimeOutFailsAndIsNeverSent"),
                    new Safeguard(
                            "order before an idempotent request",
                            "What came before for a list goes before it.",
                            "redis/PushCall.java",
                            "open.remove(list);",
                            "",
                            "redis.PushSenderTest#whatGathersForAListIsSentInTheOrderItCameWithAKeyOrWithout"),
                    new Safeguard(
                            "sender outlives a fault",
                            "A fault at one call does not stop those who come after.",
                            "redis/PushLane.java",
                            "catch (RuntimeException | Error unexpected) {\n"
                                    + "            // Others",
                            "catch (StackOverflowError unexpected) {\n            // Others",
                            "redis.PushSenderTest#aFaultWhileRequestsAreSentFailsTheseAndNoOthers"),
                    new Safeguard(
                            "close waits for answers",
                            "What was accepted is stored before the connection closes.",
                            "redis/PushQueue.java",
                            "tryAcquire(bytesMax, millis,",
                            "tryAcquire(0, millis,",
                            "redis.PushSenderTest#theConnectionStaysUntilWhatWasSentIsAnswered"),
                    new Safeguard(
                            "all or nothing of a failed request",
                            "200 means that all is stored.",
                            "redis/PushRequest.java",
                            "if (failure != null) {",
                            "if (false) {",
                            "redis.PushQueueTest#aHalfStoredRequestIsCompletedByItsRepeat"),
                    new Safeguard(
                            "an idle connection is cut when it waits",
                            "Making room for others interrupts nobody's request.",
                            "api/ClientWait.java",
                            "if (state.get() instanceof Wait now && !now.limited) {\n"
                                    + "            cut(now);",
                            "if (true) {\n            thread.interrupt();",
                            "api.ClientWaitTest#aClientBetweenTwoRequestsCanBeCutAndOneThatIsServedCanNot"),
                    new Safeguard(
                            "confirmed by replicas",
                            "200 means that events are as durable as was asked for.",
                            "redis/ScriptCall.java",
                            "(Long) counts.getFirst() >= wanted",
                            "counts.size() > 0",
                            "redis.DurabilityTest#whatTheReplicaDoesNotHaveIsNotAcknowledged"),
                    new Safeguard(
                            "policy noeviction",
                            "A Redis that drops acknowledged events is refused.",
                            "redis/ServerCheck.java",
                            "if (!maxmemoryPolicy.equals(\"noeviction\")) {",
                            "if (false) {",
                            "redis.ServerCheckTest"),
                    new Safeguard(
                            "cluster or not",
                            "A node of a cluster that is taken for one server is refused.",
                            "redis/ServerCheck.java",
                            "if (cluster != (topology == Topology.CLUSTER)) {",
                            "if (false) {",
                            "redis.ServerCheckTest#theUrlMustSayWhetherItIsACluster"),
                    new Safeguard(
                            "lanes",
                            "A master that is silent holds up nobody else.",
                            "redis/Topology.java",
                            "CLUSTER(256, 1)",
                            "CLUSTER(1, 1)",
                            "redis.ClusterIT#aMasterThatIsSilentHoldsUpNobodyElse"),
                    new Safeguard(
                            "a call of one slot",
                            "Lists of several slots go in several calls.",
                            "redis/PushCall.java",
                            "(isEmpty() || more.slot() == slot)",
                            "true",
                            "redis.ClusterIT#aBatchOfManyUsersIsStoredOverAllMasters"),
                    new Safeguard(
                            "keys on their way are waited for",
                            "A slot that moves does not fail requests.",
                            "redis/Redirect.java",
                            "case \"TRYAGAIN\", \"CLUSTERDOWN\" -> new Later();",
                            "",
                            "redis.ClusterIT#aCallWhoseKeysAreOnTheirWayWaitsForThem"),
                    new Safeguard(
                            "asking",
                            "A call goes to the node that its slot is on its way to.",
                            "redis/ScriptCall.java",
                            "if (asking) {",
                            "if (false) {",
                            "redis.ClusterIT#aCallThatMeetsASlotOnItsWayIsSentWhereItGoes"),
                    new Safeguard(
                            "scan passes over",
                            "Lists do not expire because another master is away.",
                            "redis/ClusterLink.java",
                            "return isHalfOver(startNanos)\n",
                            "return false\n",
                            "redis.ClusterIT#aScanLooksThroughEveryMasterAndPassesOverOneThatIsAway"),
                    new Safeguard(
                            "lists of other masters are kept alive",
                            "Lists do not expire because another master is away.",
                            "redis/Answers.java",
                            "if (calls.topology() == Topology.ONE_SERVER || failed == asked.size())"
                                    + " {",
                            "if (failed > 0) {",
                            "redis.ClusterIT#listsAreKeptAliveThoughTheMasterOfOthersIsAway"),
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
                            "no internals in an answer",
                            "An error shows nothing of itself.",
                            "redis/RedisFailure.java",
                            "case UNAVAILABLE -> \"Redis is not reachable\";",
                            "case UNAVAILABLE -> getMessage();",
                            "redis.PushQueueFailuresTest#aQueueOpenedBeforeRedisConnectsWhenRedisStarts"),
                    new Safeguard(
                            "watchdog",
                            "A loop that stands still is named.",
                            "telemetry/Watchdog.java",
                            "if (silentNanos > oldestNanos) {",
                            "if (false) {",
                            "telemetry.WatchdogTest"));

    private IngestSafeguards() {}
}
