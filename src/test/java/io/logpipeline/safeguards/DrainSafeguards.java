package io.logpipeline.safeguards;

import java.util.List;

/** Of the drain room. */
final class DrainSafeguards {
    static final List<Safeguard> ALL =
            List.of(
                    new Safeguard(
                            "admission ends with its lease",
                            "A cluster can't refuse the claim of a drainer whose volume another one"
                                    + " may have followed.",
                            "drain/VolumeKeeper.java",
                            "return leased || leases.guardClaims() ? now : null;",
                            "return now;",
                            "drain.VolumeKeeperTest#anAdmissionEndsWithItsLeaseWhereRedisCannotRefuseItsClaims"),
                    new Safeguard(
                            "acknowledge only when drained",
                            "A list that could not be drained keeps its entry.",
                            "drain/Drainer.java",
                            "settle(held, outcome);",
                            "settle(held, KeyDrain.Outcome.ENDED);",
                            "drain.EntriesInHandTest"),
                    new Safeguard(
                            "end that failed holds nothing",
                            "An entry whose end got lost comes back, though nobody else takes it.",
                            "drain/Endings.java",
                            "call.entries().forEach(entry -> held.remove(entry.name()));",
                            "",
                            "drain.IntakeTest#anEntryWhoseEndFailedComesBackByItsLease"),
                    new Safeguard(
                            "end that is never answered",
                            "A call that is never answered keeps no later one back.",
                            "drain/Endings.java",
                            ".compareTo(ANSWER_MAX) >= 0",
                            ".compareTo(ANSWER_MAX) >= Integer.MAX_VALUE",
                            "drain.IntakeTest#anEndWhoseAnswerNeverComesHoldsUpNoOther"),
                    new Safeguard(
                            "ends at stop",
                            "What was drained is not drained again because its replica stopped.",
                            "drain/PendingSource.java",
                            "endings.finish();",
                            "",
                            "drain.IntakeTest#whoStopsEndsWhatIsToBeEndedAndGivesBackWhatNobodyWorksOn"),
                    new Safeguard(
                            "entry that was left stays",
                            "An entry that its own worker elsewhere works on is not ended here.",
                            "drain/Drainer.java",
                            "if (outcome == KeyDrain.Outcome.ENDED) {",
                            "if (outcome != KeyDrain.Outcome.RETRY) {",
                            "drain.EntriesInHandTest#anEntryThatItsOwnHolderElsewhereWorksOnStays"),
                    new Safeguard(
                            "entry of the holder stays",
                            "An entry that its own worker holds up is not ended by another one.",
                            "drain/KeyDrain.java",
                            "held.isHolder(busy.holder()) ? Outcome.LEFT : Outcome.ENDED",
                            "Outcome.ENDED",
                            "drain.KeyDrainTest"),
                    new Safeguard(
                            "chunks end alike",
                            "Lines that may be in the file are looked for in the same chunks each"
                                    + " time.",
                            "drain/KeyDrain.java",
                            "if (!waitsForRoom && dependsOnRoom(chunk.sighting(), claimed)) {",
                            "if (false) {",
                            "drain.KeyDrainTest"),
                    new Safeguard(
                            "new look after a new store",
                            "What the new store's time says of a file is looked at before its"
                                    + " claim.",
                            "drain/Chunks.java",
                            "    chunk = claim(held, userDay, made, room);",
                            "chunk = new Chunk(claims.claim(held.entry, held.token,"
                                    + " chunk.sighting().firstPosition(), keeper.admission(),"
                                    + " room.bytes()), chunk.sighting(), room);",
                            "drain.KeyDrainTest"),
                    new Safeguard(
                            "ledger steps back first",
                            "A file that was moved away begins anew from a position that the ledger"
                                    + " has.",
                            "drain/KeyDrain.java",
                            "claims.commit(held.entry, held.token, none, replaced.sizeBytes());",
                            "",
                            "drain.KeyDrainTest"),
                    new Safeguard(
                            "step back settles nothing",
                            "A position that steps back takes no element away.",
                            "drain/KeyDrain.java",
                            "claimed.position(), List.of(), claimed.total()",
                            "claimed.position(), claimed.elements(), claimed.total()",
                            "drain.KeyDrainTest"),
                    new Safeguard(
                            "fault of one list",
                            "A fault that one list brings out ends no worker.",
                            "drain/KeyDrain.java",
                            "catch (RuntimeException | VirtualMachineError unexpected)",
                            "catch (java.util.ConcurrentModificationException unexpected)",
                            "drain.KeyDrainTest"),
                    new Safeguard(
                            "want of memory of one list",
                            "Nor does a list that finds no memory.",
                            "drain/KeyDrain.java",
                            "catch (RuntimeException | VirtualMachineError unexpected)",
                            "catch (RuntimeException unexpected)",
                            "drain.DrainWorkersTest"),
                    new Safeguard(
                            "connection that dropped some of a reply",
                            "No reply is taken from the middle of another one.",
                            "redis/RedisFailure.java",
                            "getCause() instanceof VirtualMachineError",
                            "false",
                            "redis.RedisFailureTest"),
                    new Safeguard(
                            "key that has no file",
                            "A key without canonical form is never turned into a path.",
                            "drain/KeyDrain.java",
                            "if (held.userDay.isEmpty()) {",
                            "if (false) {",
                            "drain.KeyDrainTest"),
                    new Safeguard(
                            "lock is given back on failure",
                            "A list that failed is free for the next try.",
                            "drain/KeyDrain.java",
                            "claims.release(held.entry, held.token);\n"
                                    + "        return Outcome.RETRY;",
                            "return Outcome.RETRY;",
                            "drain.KeyDrainTest"),
                    new Safeguard(
                            "entry in hand comes once",
                            "Two threads of a replica do not work on one entry.",
                            "drain/Intake.java",
                            "filter(entry -> held.add(entry.name()))",
                            "peek(entry -> held.add(entry.name()))",
                            "drain.IntakeTest#anEntryIsHandedOutOnceWhileItIsHeldHoweverOftenItsLeaseEnds"),
                    new Safeguard(
                            "memory is given back",
                            "What a claim had no need of, others may have.",
                            "drain/MemoryBudget.java",
                            "free.release(bytes - (int) needed);",
                            "",
                            "drain.MemoryBudgetTest"),
                    new Safeguard(
                            "memory is awaited",
                            "Workers together hold no more than the budget.",
                            "drain/MemoryBudget.java",
                            "while (!free.tryAcquire(least, PROGRESS_EVERY_MS,"
                                    + " TimeUnit.MILLISECONDS)) {",
                            "while (bytesMax < 0) {",
                            "drain.MemoryBudgetTest"),
                    new Safeguard(
                            "worker beats",
                            "A worker that goes on is not taken for dead.",
                            "drain/Drainer.java",
                            "heartbeat.beat();",
                            "",
                            "drain.EntriesInHandTest#workersWithNothingToDoAreNotTakenForDead"),
                    new Safeguard(
                            "dead worker is missed",
                            "A worker that ended on its own is not taken for one that was stopped.",
                            "drain/Drainer.java",
                            "// Not after an unexpected end: the watchdog is to miss this worker.\n"
                                    + "            heartbeat.close();",
                            "finally {\n                heartbeat.close();\n            }",
                            "drain.DrainWorkersTest#aWorkerThatEndedUnexpectedlyIsMissed"),
                    new Safeguard(
                            "list in hand is given back at the end",
                            "What a replica stops in the middle of passes on at once.",
                            "drain/KeyDrain.java",
                            "return now(Outcome.RETRY);",
                            "return now(Outcome.LEFT);",
                            "drain.EntriesInHandTest#aListPassesOnAtOnceWhenItsReplicaStopsInTheMiddleOfIt"),
                    new Safeguard(
                            "entries are given back at the end",
                            "What waits for another try passes on at once.",
                            "drain/PendingSource.java",
                            "stream.giveBack(entry, lease);",
                            "",
                            "drain.EntriesInHandTest#whatWaitsForAnotherTryPassesOnAtOnceWhenItsReplicaStops"),
                    new Safeguard(
                            "room for retries is bounded",
                            "Failing lists do not fill the memory.",
                            "drain/RetryQueue.java",
                            "if (known >= ENTRIES_MAX) {",
                            "if (false) {",
                            "drain.RetryQueueTest"),
                    new Safeguard(
                            "retries slow down",
                            "A disk that is full is not hammered.",
                            "drain/RetryQueue.java",
                            "Math.min(held.failures, 10)",
                            "0",
                            "drain.RetryQueueTest"),
                    new Safeguard(
                            "one volume",
                            "A replica that mounts another directory does not drain.",
                            "drain/VolumeKeeper.java",
                            "if (other.isPresent()) {",
                            "if (false) {",
                            "drain.VolumeKeeperTest#anAdmissionEndsWhenLiveDrainersWriteToAnotherVolume"),
                    new Safeguard(
                            "refused volume is not drained to",
                            "An admission ends when another volume is live.",
                            "drain/VolumeKeeper.java",
                            "admission = null;\n        refuse",
                            "refuse",
                            "drain.VolumeKeeperTest#anAdmissionEndsWhenLiveDrainersWriteToAnotherVolume"),
                    new Safeguard(
                            "probe",
                            "A directory that takes no writes is not ready.",
                            "drain/VolumeKeeper.java",
                            "volume.probe();",
                            "",
                            "drain.VolumeKeeperTest#anAdmissionOutlivesADirectoryThatTakesNoWritesForAWhile"),
                    new Safeguard(
                            "sweep of batches",
                            "A batch whose entry was lost is found.",
                            "drain/Sweeper.java",
                            "sweepBatches(known);",
                            "",
                            "drain.SweeperTest#listsAndBatchesWithoutAnEntryGetOneEach"),
                    new Safeguard(
                            "longest waiting first",
                            "Lists are kept alive though no scan ever succeeds.",
                            "drain/KnownLists.java",
                            "scan.tend(page.lists()",
                            "List.of(page.lists()",
                            "drain.SweeperTest#listsThatWaitAreKeptAliveThoughNoScanEverSucceeds"),
                    new Safeguard(
                            "sweep goes on",
                            "A sweep that failed goes on where it stopped.",
                            "drain/Sweeper.java",
                            "listCursor = page.cursor();\n        }",
                            "listCursor = FIRST_CURSOR;\n        }",
                            "drain.SweeperTest#aSweepThatFailsGoesOnWhereItStopped"),
                    new Safeguard(
                            "sweep looks twice",
                            "A list that began during a sweep gets no second entry.",
                            "drain/Sweeper.java",
                            "if (!known.contains(list) && known.add(list, each.getValue())) {",
                            "if (known.add(list, each.getValue())) {",
                            "drain.SweeperTest#listsThatBeginDuringASweepAreNotTakenForForgotten"),
                    new Safeguard(
                            "sweep beats",
                            "A long wait between two sweeps is no stall.",
                            "drain/Sweeper.java",
                            "        do {\n            heartbeat.beat();",
                            "        do {",
                            "drain.SweeperTest#aLongWaitBetweenTwoSweepsIsNoStall"));

    private DrainSafeguards() {}
}
