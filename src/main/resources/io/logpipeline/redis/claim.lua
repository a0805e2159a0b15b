#!lua flags=allow-oom
-- Claims a list: from here on its events are in the batch, which never expires, and pushes make a
-- fresh list. Reads the batch's first elements, where the caller had better not do so: it can't know
-- how large they are, and a script reads them at four times the cost. Allowed in a full Redis, which
-- is emptied by it.
--
-- KEYS[1]  the list
-- KEYS[2]  its batch
-- KEYS[3]  its ledger
-- KEYS[4]  its lock
-- KEYS[5]  the store's id      (KEYS[5] and KEYS[6] are absent where they can't share the slot: the
--          caller has seen to them before)
-- KEYS[6]  the volume's lease
-- ARGV[1]  lock token
-- ARGV[2]  lock lease in milliseconds
-- ARGV[3]  a new batch id
-- ARGV[4]  the first position, for a ledger that has none
-- ARGV[5]  the most elements to read
-- ARGV[6]  about the most bytes to read: the first element comes in any case, up to ARGV[12]
-- ARGV[7]  microseconds: when the entry's list was seen to hold events
-- ARGV[8]  the store id that the caller prepared its files for
-- ARGV[9]  the volume id that the caller writes to
-- ARGV[10] seconds that a ledger lives
-- ARGV[11] up to how many elements a batch is read here in any case
-- ARGV[12] the most bytes of one element, no less than ARGV[6]
--
-- {"CLAIMED", batch_id, position, total, element, …}  total: elements in the batch
-- {"TO_READ", batch_id, position, total}  as many as may be read take no more than ARGV[6]: the caller
--                       reads them itself, and then the batch_id once more
-- {"TOO_LARGE", bytes}  the first element is larger than ARGV[12]: nothing of the batch, which stays
--                       claimed, is answered; the lock is the caller's
-- {"EMPTY"}             nothing to drain; it was drained after the entry was made
-- {"EXPIRED"}           nothing to drain, and nobody drained it: said once for a list that expired
-- {"BUSY", token}       another one holds the lock
-- {"WRONG_TYPE", type}  the key is no list
-- {"NOT_ADMITTED"}      the store is another one, or the volume has no lease: prepare again
if KEYS[5] and (redis.call('GET', KEYS[5]) ~= ARGV[8] or redis.call('GET', KEYS[6]) ~= ARGV[9]) then
    return {'NOT_ADMITTED'}
end
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind ~= 'list' and kind ~= 'none' then
    return {'WRONG_TYPE', kind}
end
local claimed_before = redis.call('EXISTS', KEYS[2]) == 1
if kind == 'none' and not claimed_before then
    local drained_at = redis.call('HGET', KEYS[3], 'drained_at')
    if drained_at and tonumber(drained_at) >= tonumber(ARGV[7]) then
        return {'EMPTY'}
    end
    -- Settled as of now, so that a second entry of the same list is not counted again.
    local now = redis.call('TIME')
    redis.call('HSET', KEYS[3], 'drained_at', string.format('%.0f', now[1] * 1000000 + now[2]))
    redis.call('EXPIRE', KEYS[3], ARGV[10])
    return {'EXPIRED'}
end
local holder = redis.call('GET', KEYS[4])
if holder and holder ~= ARGV[1] then
    return {'BUSY', holder}
end
redis.call('SET', KEYS[4], ARGV[1], 'PX', ARGV[2])
if not claimed_before then
    redis.call('RENAME', KEYS[1], KEYS[2])
end
redis.call('HSETNX', KEYS[3], 'batch_id', ARGV[3])
redis.call('HSETNX', KEYS[3], 'position', ARGV[4])
redis.call('PERSIST', KEYS[2])
redis.call('PERSIST', KEYS[3])
local ledger = redis.call('HMGET', KEYS[3], 'batch_id', 'position')
local total = redis.call('LLEN', KEYS[2])
local elements_max = math.min(total, tonumber(ARGV[5]))
local bytes_max = tonumber(ARGV[6])
local element_max = tonumber(ARGV[12])

-- Nothing tells what a list weighs as it is read: Redis says what it takes in memory, where numbers are
-- shorter, and all may be compressed. So the first elements must be of such a weight too; they are
-- looked at before, since Redis walks through the list to weigh it. No element of what weighs little
-- is larger than ARGV[6], but one behind these that Redis was told to compress.
local function weighs_little()
    local first = redis.call('LRANGE', KEYS[2], 0, 7)
    local bytes = 0
    for i = 1, #first do
        bytes = bytes + #first[i]
    end
    if bytes / #first * total > bytes_max then
        return false
    end
    local usage = redis.pcall('MEMORY', 'USAGE', KEYS[2], 'SAMPLES', 0)
    return type(usage) == 'number' and usage <= bytes_max
end

if total > tonumber(ARGV[11]) and weighs_little() then
    return {'TO_READ', ledger[1], ledger[2], total}
end
local reply = {'CLAIMED', ledger[1], ledger[2], total}
local read, bytes, slice = 0, 0, 1
-- What is read is in memory several times, before it is weighed: a few of the largest events.
local slice_max = 64
while read < elements_max do
    local part = redis.call('LRANGE', KEYS[2], read, math.min(read + slice, elements_max) - 1)
    if read == 0 and #part[1] > element_max then
        return {'TOO_LARGE', #part[1]}
    end
    for i = 1, #part do
        bytes = bytes + #part[i]
        if read > 0 and bytes > bytes_max then
            return reply
        end
        read = read + 1
        reply[4 + read] = part[i]
    end
    -- As many as should fit, by what they weighed so far.
    local fitting = math.floor((bytes_max - bytes) / (bytes / read + 1))
    slice = math.max(1, math.min(slice * 8, fitting, slice_max))
end
return reply
