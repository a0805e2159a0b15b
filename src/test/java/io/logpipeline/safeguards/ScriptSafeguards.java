package io.logpipeline.safeguards;

import java.util.List;

/** Of the scripts that run in Redis. */
final class ScriptSafeguards {
    static final List<Safeguard> ALL =
            List.of(
                    new Safeguard(
                            "batch id in the commit",
                            "A commit for elements that somebody else settled takes nothing away.",
                            "redis/commit.lua",
                            "ledger[1] ~= ARGV[3] or ",
                            "",
                            "redis.CommitTest"),
                    new Safeguard(
                            "position in the commit",
                            "A commit from another position takes nothing away.",
                            "redis/commit.lua",
                            " or ledger[2] ~= ARGV[4]",
                            "",
                            "redis.CommitTest"),
                    new Safeguard(
                            "new batch id for each chunk",
                            "A position that comes back when a file is replaced means nothing.",
                            "redis/commit.lua",
                            "redis.call('HDEL', KEYS[3], 'batch_id')",
                            "",
                            "redis.CommitTest"),
                    new Safeguard(
                            "file of who is not admitted",
                            "Files are made for the store that the directory has noted only.",
                            "redis/waiting.lua",
                            "redis.call('GET', KEYS[1]) ~= ARGV[1]",
                            "false",
                            "drain.NewFilesTest#aReplicaThatIsNotAdmittedMakesNothing"),
                    new Safeguard(
                            "file of who has no lease of the volume",
                            "Files are made on the volume of the store's lease only.",
                            "redis/waiting.lua",
                            " or redis.call('GET', KEYS[2]) ~= ARGV[2]",
                            "",
                            "drain.NewFilesTest#aReplicaThatIsNotAdmittedMakesNothing"),
                    new Safeguard(
                            "a list that waits is a list",
                            "A key of another type gets no file.",
                            "redis/waiting.lua",
                            "redis.call('TYPE', KEYS[i])['ok'] == 'list'",
                            "redis.call('EXISTS', KEYS[i]) == 1",
                            "drain.NewFilesTest#aListThatIsGoneGetsNoFile"),
                    new Safeguard(
                            "release by the holder only",
                            "A worker that comes late does not free another one's lock.",
                            "redis/release.lua",
                            "if redis.call('GET', KEYS[1]) == ARGV[1] then",
                            "if true then",
                            "redis.ClaimLockTest"),
                    new Safeguard(
                            "commit frees its own lock only",
                            "A commit that comes late does not free another one's lock.",
                            "redis/commit.lua",
                            "redis.call('GET', KEYS[4]) == ARGV[1]",
                            "true",
                            "redis.ClaimLockTest"),
                    new Safeguard(
                            "pushes during a drain are told",
                            "A list that filled up meanwhile gets a new entry.",
                            "redis/commit.lua",
                            "if redis.call('EXISTS', KEYS[1]) == 1 then",
                            "if false then",
                            "redis.CommitTest"),
                    new Safeguard(
                            "ledger of a done batch expires",
                            "Redis does not fill up with ledgers.",
                            "redis/commit.lua",
                            "redis.call('EXPIRE', KEYS[3], ARGV[7])",
                            "",
                            "redis.CommitTest"),
                    new Safeguard(
                            "allow-oom of the commit",
                            "A full Redis can be emptied.",
                            "redis/commit.lua",
                            "#!lua flags=allow-oom",
                            "#!lua",
                            "redis.FullRedisTest"),
                    new Safeguard(
                            "no allow-oom of the push",
                            "A full Redis takes no more events, and says so.",
                            "redis/push.lua",
                            "#!lua",
                            "#!lua flags=allow-oom",
                            "redis.FullRedisTest"),
                    new Safeguard(
                            "life of a list",
                            "Each push gives its list the full time.",
                            "redis/push.lua",
                            "redis.call('EXPIRE', list, ARGV[1])",
                            "",
                            "redis.PushScriptTest"),
                    new Safeguard(
                            "store id of the first push",
                            "A store has an id that is no younger than its events.",
                            "redis/push.lua",
                            "redis.call('SET', KEYS[1], ARGV[2], 'NX')",
                            "",
                            "redis.PushScriptTest"),
                    new Safeguard(
                            "store id is set once",
                            "A store keeps its id.",
                            "redis/push.lua",
                            "ARGV[2], 'NX')",
                            "ARGV[2])",
                            "redis.PushScriptTest"),
                    new Safeguard(
                            "idempotency marker",
                            "A request that is repeated stores nothing again.",
                            "redis/push.lua",
                            "redis.call('SET', KEYS[key], digest, 'EX', ARGV[1])",
                            "",
                            "redis.PushScriptTest"),
                    new Safeguard(
                            "idempotency digest",
                            "A key that comes with other events is refused, not taken for a"
                                    + " repeat.",
                            "redis/push.lua",
                            "elseif before == digest then",
                            "elseif true then",
                            "redis.PushScriptTest"),
                    new Safeguard(
                            "events past Lua's stack",
                            "A large batch is stored whole.",
                            "redis/push.lua",
                            "math.min(from + 3999, last)",
                            "math.min(from + 3999, first + 3999)",
                            "redis.PushScriptTest"),
                    new Safeguard(
                            "a refused part alone",
                            "What Redis refuses of one list is no failure of the others.",
                            "redis/push.lua",
                            "length = redis.pcall(",
                            "length = redis.call(",
                            "redis.PushScriptTest#aPartThatIsRefusedHoldsUpNoOther"),
                    new Safeguard(
                            "a refused part is not marked",
                            "The repeat of what was refused is not taken for a duplicate.",
                            "redis/push.lua",
                            "if type(answer) == 'number' then",
                            "if true then",
                            "redis.PushScriptTest#aKeyOfAnotherTypeIsRefusedAndNothingIsMarked"),
                    new Safeguard(
                            "idle time before a reclaim",
                            "Entries are taken from the dead, not from those at work.",
                            "redis/reclaim.lua",
                            "ARGV[2], ARGV[3], ARGV[5]",
                            "ARGV[2], 0, ARGV[5]",
                            "redis.PendingStreamTest#anEntryIsTakenOverAfterTheLeaseAndNotBefore"),
                    new Safeguard(
                            "group from the beginning",
                            "Entries older than the group are handed out too.",
                            "redis/take.lua",
                            "ARGV[1], '0')",
                            "ARGV[1], '$')",
                            "redis.PendingStreamTest#aGroupThatWasDestroyedIsMadeAgainAndMissesNothing"),
                    new Safeguard(
                            "group made from the beginning",
                            "Entries older than the group are handed out too.",
                            "redis/group.lua",
                            "ARGV[1], '0', 'MKSTREAM'",
                            "ARGV[1], '$', 'MKSTREAM'",
                            "redis.PendingStreamTest#theGroupIsMadeOnceAndStartsAtTheBeginning"),
                    new Safeguard(
                            "no wait for the future",
                            "A clock that stepped back stops nobody.",
                            "redis/take.lua",
                            " and entry_ms <= now_ms then",
                            " then",
                            "redis.PendingStreamTest#anEntryFromTheFutureIsDueForItIsTheTraceOfAClockThatSteppedBack"),
                    new Safeguard(
                            "entries of retired consumers",
                            "A consumer with entries is not removed with them.",
                            "redis/retire.lua",
                            "fields['pending'] == 0 and ",
                            "",
                            "redis.PendingStreamTest#consumersWithoutWorkAreRetiredAndOthersAreNot"),
                    new Safeguard(
                            "acknowledged and deleted",
                            "What is drained counts as pending no more.",
                            "redis/acknowledge.lua",
                            "redis.call('XDEL', KEYS[1], unpack(ARGV, 2))",
                            "1",
                            "redis.PendingStreamTest"),
                    new Safeguard(
                            "one leader",
                            "A lease belongs to one at a time.",
                            "redis/lease.lua",
                            "if holder and holder ~= ARGV[1] then",
                            "if false then",
                            "redis.LeasesTest"),
                    new Safeguard(
                            "waiting list is kept alive",
                            "No list expires while any process of ours is there.",
                            "redis/tend.lua",
                            "redis.call('EXPIRE', KEYS[1], ARGV[1])",
                            "",
                            "redis.ListScanTest"),
                    new Safeguard(
                            "entry says when",
                            "A list that expired undrained is told apart from one that was"
                                    + " drained.",
                            "redis/notify.lua",
                            "ARGV[1])",
                            "'0')",
                            "redis.PendingStreamTest"));

    private ScriptSafeguards() {}
}
