package io.logpipeline.safeguards;

import java.util.List;

/** Of how this program talks to Redis. */
final class RedisSafeguards {
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
                            "node that seems to send a call back to itself",
                            "The call does not go round without a pause.",
                            "redis/Redirect.java",
                            "if (node.equals(speaker)) {",
                            "if (false) {",
                            "redis.RedirectTest#aNodeNeverMeansItself"),
                    new Safeguard(
                            "silent Sentinel is passed over",
                            "It holds up each connection no longer than a time-out.",
                            "redis/Connector.java",
                            "sentinel.setTimeout(timeout)",
                            "sentinel.getTimeout()",
                            "redis.SentinelTest#aSentinelThatIsSilentIsPassedOver"),
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
                            "no internals in an answer",
                            "An error shows nothing of itself.",
                            "redis/RedisFailure.java",
                            "case UNAVAILABLE -> \"Redis is not reachable\";",
                            "case UNAVAILABLE -> getMessage();",
                            "redis.PushQueueFailuresTest#aQueueOpenedBeforeRedisConnectsWhenRedisStarts"),
                    new Safeguard(
                            "made known by the connection that pushed",
                            "What was pushed is drained soon, though another connection is away.",
                            "HttpSide.java",
                            "new PendingStreams(calls, common",
                            "new PendingStreams(\n"
                                + "                               "
                                + " common.calls(common.link(\"other\", link.timeout())), common",
                            "AnnouncementTest"),
                    new Safeguard(
                            "unconfirmed lists are made known",
                            "Events that are not as durable as was asked for are drained all the"
                                    + " same.",
                            "redis/PushLane.java",
                            "failure.reply().ifPresent(pushed -> makeKnown(call, pushed));",
                            "",
                            "redis.DurabilityTest#whatTheReplicaDoesNotHaveIsNotAcknowledged"),
                    new Safeguard(
                            "a refused confirmation refuses no events",
                            "A client is not told that events were refused which are stored.",
                            "redis/RedisFailure.java",
                            "failure.kind == Kind.REFUSED ? Kind.UNCONFIRMED : failure.kind",
                            "failure.kind",
                            "redis.DurabilityTest#whatRedisRefusesToConfirmIsStoredAllTheSame"));

    private RedisSafeguards() {}
}
