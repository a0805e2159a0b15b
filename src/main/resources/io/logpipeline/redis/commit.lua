#!lua flags=allow-oom
-- Settles elements that stand in the file: takes them off the batch and moves the ledger's position,
-- if and only if the ledger is still as it was claimed. A batch that has more elements gets a new id,
-- here or at its next claim: the position alone may come back, when a file was replaced. Here it is
-- claimed at once by who has read what comes next while the batch was still as claimed before.
--
-- KEYS[1]  the list
-- KEYS[2]  its batch
-- KEYS[3]  its ledger
-- KEYS[4]  its lock
-- KEYS[5]  the store's id      (KEYS[5] and KEYS[6] are absent where they can't share the slot)
-- KEYS[6]  the volume's lease
-- ARGV[1]  lock token
-- ARGV[2]  lock lease in milliseconds
-- ARGV[3]  the batch id as claimed
-- ARGV[4]  the position as claimed
-- ARGV[5]  how many elements stand in the file
-- ARGV[6]  the new position
-- ARGV[7]  seconds that a ledger lives
-- ARGV[8]  a new batch id, of who goes on; else absent, like ARGV[9] and ARGV[10]
-- ARGV[9]  the store id that the caller prepared its files for
-- ARGV[10] the volume id that the caller writes to
--
-- {"STALE"}               somebody else settled this; nothing changed
-- {"MORE"}                elements are left: claim again
-- {"CLAIMED", total}      elements are left, as many, and they are claimed by the id in ARGV[8]
-- {"DONE", pushed_us}     the batch is done; pushed_us is 0, or the time when the list was found to
--                         have events again
local ledger = redis.call('HMGET', KEYS[3], 'batch_id', 'position')
if ledger[1] ~= ARGV[3] or ledger[2] ~= ARGV[4] then
    return {'STALE'}
end
local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
-- Before: a slot that is on its way lets no script look at a key that is gone.
local left = redis.call('LLEN', KEYS[2]) - ARGV[5]
redis.call('LTRIM', KEYS[2], ARGV[5], -1)
redis.call('HSET', KEYS[3], 'position', ARGV[6], 'drained_at', string.format('%.0f', now_us))
redis.call('HDEL', KEYS[3], 'batch_id')
local mine = redis.call('GET', KEYS[4]) == ARGV[1]
if left > 0 then
    if not mine then
        return {'MORE'}
    end
    redis.call('PEXPIRE', KEYS[4], ARGV[2])
    local admitted = not KEYS[5]
        or redis.call('GET', KEYS[5]) == ARGV[9] and redis.call('GET', KEYS[6]) == ARGV[10]
    if not ARGV[8] or not admitted then
        return {'MORE'}
    end
    redis.call('HSET', KEYS[3], 'batch_id', ARGV[8])
    return {'CLAIMED', left}
end
redis.call('EXPIRE', KEYS[3], ARGV[7])
if mine then
    redis.call('DEL', KEYS[4])
end
if redis.call('EXISTS', KEYS[1]) == 1 then
    -- One later than drained_at: this drain did not take what is there now.
    return {'DONE', now_us + 1}
end
return {'DONE', 0}
