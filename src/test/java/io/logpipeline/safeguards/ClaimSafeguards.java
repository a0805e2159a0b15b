package io.logpipeline.safeguards;

import java.util.List;

/** Of claims: what they take, and how it is read. */
final class ClaimSafeguards {
    static final List<Safeguard> ALL =
            List.of(
                    new Safeguard(
                            "whose batch it was that was read",
                            "A worker whose lease is over does not append another one's batch as"
                                    + " its own.",
                            "redis/Batches.java",
                            "read.batchId().equals(batchId) && ",
                            "",
                            "redis.BatchReadTest#theBatchOfAnotherWorkerIsNotTakenForOnesOwn"),
                    new Safeguard(
                            "as many as were claimed",
                            "A batch that is on its way to another node is not taken for a short"
                                    + " one.",
                            "redis/Batches.java",
                            " && read.elements().size() == count",
                            "",
                            "redis.BatchReadTest#aBatchOfWhichElementsAreMissingIsOvertaken"),
                    new Safeguard(
                            "nothing is read after the lease",
                            "What another one claimed since was not weighed for this worker.",
                            "redis/Batches.java",
                            "System.nanoTime() - claimedNanos >= lease.toNanos()",
                            "lease.isNegative()",
                            "redis.BatchReadTest#nothingIsReadWhenTheLeaseIsOver"),
                    new Safeguard(
                            "batch id after the elements",
                            "Nobody settles a batch between its read and the question whose it is.",
                            "redis/BatchRead.java",
                            "List.of(elements, id)",
                            "List.of(id, elements)",
                            "redis.ClaimSlicesTest#whoseABatchIsIsReadAfterIt"),
                    new Safeguard(
                            "overtaken is not drained",
                            "A list whose batch another worker settled keeps its entry.",
                            "drain/KeyDrain.java",
                            "case ClaimOutcome.Overtaken overtaken -> Outcome.RETRY;",
                            "case ClaimOutcome.Overtaken overtaken -> Outcome.ENDED;",
                            "drain.KeyDrainTest#aListWhoseBatchIsSettledByAnotherOneWhileItIsReadIsTriedAgain"),
                    new Safeguard(
                            "ledger outlives its file",
                            "A claim that comes after its look at the file finds a ledger, or a"
                                    + " file that is known to be older.",
                            "DrainSide.java",
                            "settings.ledgerLife().plus(LEDGER_MARGIN)",
                            "settings.ledgerLife()",
                            "LedgerLifeTest"),
                    new Safeguard(
                            "PERSIST of the batch",
                            "Claimed events do not expire.",
                            "redis/claim.lua",
                            "redis.call('PERSIST', KEYS[2])",
                            "",
                            "redis.ClaimTest"),
                    new Safeguard(
                            "PERSIST of the ledger",
                            "The position of a claimed batch does not expire.",
                            "redis/claim.lua",
                            "redis.call('PERSIST', KEYS[3])",
                            "",
                            "redis.ClaimTest"),
                    new Safeguard(
                            "claim reads a few at a time",
                            "Redis does not hold what a claim does not take.",
                            "redis/read.lua",
                            "local slice_max = 64",
                            "local slice_max = 4000",
                            "redis.ClaimSlicesTest"),
                    new Safeguard(
                            "an element that is too large is not shipped",
                            "What another producer pushed ends no drainer.",
                            "redis/read.lua",
                            "if read == 0 and #part[1] > element_max then",
                            "if false then",
                            "redis.LargeElementTest"),
                    new Safeguard(
                            "whose batch is read ahead",
                            "What is read ahead is of the batch as it was claimed.",
                            "redis/read.lua",
                            "if redis.call('HGET', KEYS[2], 'batch_id') ~= ARGV[1] then",
                            "if false then",
                            "redis.WeighedReadTest#thereIsNoneBehindWhatAnotherOneSettled"),
                    new Safeguard(
                            "a batch that was deleted",
                            "A batch that somebody deleted is not taken for a claim of nothing.",
                            "redis/Batches.java",
                            "read.size() == 1",
                            "read.size() == 0",
                            "redis.WeighedReadTest#soIsOneThatWasDeletedByHand"),
                    new Safeguard(
                            "room for what is read ahead",
                            "What is read ahead is in the budget too, or is not read.",
                            "drain/MemoryBudget.java",
                            "!free.tryAcquire(bytes + left)",
                            "!free.tryAcquire(left)",
                            "drain.MemoryBudgetTest#whatIsReadAheadLeavesAQuarterToOthers"),
                    new Safeguard(
                            "those who wait come first",
                            "What is read ahead is not taken from who waits for room.",
                            "drain/MemoryBudget.java",
                            "free.hasQueuedThreads() || !free.tryAcquire(bytes + left)",
                            "!free.tryAcquire(bytes + left)",
                            "drain.MemoryBudgetTest#whatIsReadAheadIsNotTakenFromWhoWaits"),
                    new Safeguard(
                            "room until what is read is there",
                            "What is read ahead in vain takes its room until it is there.",
                            "drain/ReadAhead.java",
                            "room.keepUntil(reading);",
                            "room.close();",
                            "drain.ReadAheadRoomTest#whatIsReadInVainTakesItsRoomUntilItIsThere"),
                    new Safeguard(
                            "room of a read that did not begin",
                            "A read that could not even begin gives its room back.",
                            "drain/Chunks.java",
                            "if (ahead == null) {",
                            "if (false) {",
                            "drain.ReadAheadRoomTest#aReadThatFailsAsItBeginsGivesItsRoomBack"),
                    new Safeguard(
                            "an element of more than a chunk is claimed to be read",
                            "What is read ahead is no larger than the room for it.",
                            "redis/Batches.java",
                            "bytesMax, bytesMax)",
                            "bytesMax, elementBytesMax)",
                            "redis.WeighedReadTest#oneThatIsLargerThanAChunkIsNone"),
                    new Safeguard(
                            "a claim looks at one element first",
                            "Redis does not hold what a claim does not answer.",
                            "redis/claim.lua",
                            "fit(1) and fit(8)",
                            "fit(8)",
                            "redis.ClaimSlicesTest#ofLargeElementsAClaimLooksAtTheFirstOnly"),
                    new Safeguard(
                            "a few are weighed before they are answered",
                            "Nor does it where Redis has a few of them compressed.",
                            "redis/claim.lua",
                            "and fit(total) then",
                            "and (fit(total) or true) then",
                            "redis.BatchReadTest#aFewThatAreCompressedAreWeighedAsTheyAre"),
                    new Safeguard(
                            "a batch is weighed before it is left to be read",
                            "A drainer does not get more bytes than it has room for.",
                            "redis/claim.lua",
                            " and usage <= bytes_max",
                            "",
                            "redis.BatchReadTest#aFewLightOnesInFrontSayNothingOfTheRest"),
                    new Safeguard(
                            "the first elements are weighed too",
                            "Nor does it where Redis has them compressed.",
                            "redis/claim.lua",
                            " and fit(1) and fit(8) then",
                            " then",
                            "redis.BatchReadTest#aBatchThatIsCompressedIsWeighedAsItIsRead"),
                    new Safeguard(
                            "claim does not replace a batch",
                            "Events pushed after a claim do not take the place of those claimed.",
                            "redis/claim.lua",
                            "if not claimed_before then",
                            "if kind == 'list' then",
                            "redis.ClaimTest"),
                    new Safeguard(
                            "claim keeps the batch id",
                            "Whoever claims a batch again goes on with it.",
                            "redis/claim.lua",
                            "'HSETNX', KEYS[3], 'batch_id'",
                            "'HSET', KEYS[3], 'batch_id'",
                            "redis.ClaimTest"),
                    new Safeguard(
                            "claim keeps the position",
                            "A ledger's position is not replaced by a guess.",
                            "redis/claim.lua",
                            "'HSETNX', KEYS[3], 'position'",
                            "'HSET', KEYS[3], 'position'",
                            "redis.ClaimTest"),
                    new Safeguard(
                            "store id in the claim",
                            "Nothing of a new store is drained before the directory has noted it.",
                            "redis/claim.lua",
                            "redis.call('GET', KEYS[5]) ~= ARGV[8] or ",
                            "",
                            "redis.ClaimTest"),
                    new Safeguard(
                            "volume in the claim",
                            "Only the volume that live drainers share is drained to.",
                            "redis/claim.lua",
                            " or redis.call('GET', KEYS[6]) ~= ARGV[9]",
                            "",
                            "redis.ClaimTest"),
                    new Safeguard(
                            "claim of lists only",
                            "A key of another type is left alone.",
                            "redis/claim.lua",
                            "if kind ~= 'list' and kind ~= 'none' then",
                            "if false then",
                            "redis.ClaimTest"),
                    new Safeguard(
                            "bytes of a chunk",
                            "A chunk fits into memory whatever the sizes.",
                            "redis/read.lua",
                            "if read > 0 and bytes > bytes_max then",
                            "if false then",
                            "redis.ClaimTest"),
                    new Safeguard(
                            "lock of a list",
                            "Two workers do not do one list's work twice.",
                            "redis/claim.lua",
                            "if holder and holder ~= ARGV[1] then",
                            "if false then",
                            "redis.ClaimLockTest"),
                    new Safeguard(
                            "allow-oom of the claim",
                            "A full Redis can be emptied.",
                            "redis/claim.lua",
                            "#!lua flags=allow-oom",
                            "#!lua",
                            "redis.FullRedisTest"));

    private ClaimSafeguards() {}
}
