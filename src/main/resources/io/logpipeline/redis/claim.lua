#!lua flags=allow-oom
-- Claims a list: from here on its events are in the batch, which never expires, and pushes make a
-- fresh list. Answers the batch's elements where they are few and light, and else how the caller is to
-- read them. Allowed in a full Redis, which is emptied by it.
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
-- ARGV[5]  the most elements to answer, of a batch that has no more than ARGV[11]
-- ARGV[6]  about the most bytes to read; 0 for who wants no elements
-- ARGV[7]  microseconds: when the entry's list was seen to hold events
-- ARGV[8]  the store id that the caller prepared its files for
-- ARGV[9]  the volume id that the caller writes to
-- ARGV[10] seconds that a ledger lives
-- ARGV[11] up to how many elements a batch comes with this answer
--
-- {"CLAIMED", batch_id, position, total, element, …}  total: elements in the batch
-- {"TO_READ", batch_id, position, total}   the whole batch takes no more than ARGV[6]: the caller reads
--                       as many as it wants itself, and then the batch_id once more
-- {"TO_WEIGH", batch_id, position, total}  it may take more: to be read by read.lua
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
local answered_max, bytes_max = tonumber(ARGV[11]), tonumber(ARGV[6])

-- The first one tells about how large they are: others are looked at where as many of its kind fit.
local elements, bytes = {}, 0
local function fit(count)
    if #elements < total then
        local more = redis.call('LRANGE', KEYS[2], #elements, count - 1)
        for i = 1, #more do
            elements[#elements + 1] = more[i]
            bytes = bytes + #more[i]
        end
    end
    return bytes / #elements * total <= bytes_max
end

if bytes_max > 0 and fit(1) and fit(8) then
    if total <= answered_max and fit(total) then
        local reply = {'CLAIMED', ledger[1], ledger[2], total}
        for i = 1, math.min(total, tonumber(ARGV[5])) do
            reply[4 + i] = elements[i]
        end
        return reply
    end
    -- Nothing tells what a list weighs as it is read: Redis says what it takes in memory, where numbers
    -- are shorter, and all may be compressed. So the first elements must be of such a weight too; they
    -- are looked at before, since Redis walks through the list to weigh it. No element of what weighs
    -- little is larger than ARGV[6], but one behind these that Redis was told to compress.
    local usage = total > answered_max and redis.pcall('MEMORY', 'USAGE', KEYS[2], 'SAMPLES', 0)
    if type(usage) == 'number' and usage <= bytes_max then
        return {'TO_READ', ledger[1], ledger[2], total}
    end
end
return {'TO_WEIGH', ledger[1], ledger[2], total}
