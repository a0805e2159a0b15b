#!lua flags=no-writes
-- Reads elements of a batch and weighs them as they are read: for who can't know how large they are. A
-- script reads them at four times the cost of a plain read.
--
-- KEYS[1]  the batch
-- KEYS[2]  its ledger
-- ARGV[1]  the batch id as claimed
-- ARGV[2]  how many elements to skip
-- ARGV[3]  the most elements to read
-- ARGV[4]  about the most bytes to read: the first element comes in any case, up to ARGV[5]
-- ARGV[5]  the most bytes of one element, no less than ARGV[4]
--
-- {"READ", element, …}  none where the batch has no more than were to be skipped
-- {"TOO_LARGE", bytes}  the first of them is larger than ARGV[5]
-- {"STALE"}             the batch is another one now
if redis.call('HGET', KEYS[2], 'batch_id') ~= ARGV[1] then
    return {'STALE'}
end
local skipped, elements_max = tonumber(ARGV[2]), tonumber(ARGV[3])
local bytes_max, element_max = tonumber(ARGV[4]), tonumber(ARGV[5])
local reply = {'READ'}
local read, bytes, slice = 0, 0, 1
-- What is read is in memory several times, before it is weighed: a few of the largest events.
local slice_max = 64
while read < elements_max do
    local from = skipped + read
    local part = redis.call('LRANGE', KEYS[1], from, from + math.min(slice, elements_max - read) - 1)
    if #part == 0 then
        return reply
    end
    if read == 0 and #part[1] > element_max then
        return {'TOO_LARGE', #part[1]}
    end
    for i = 1, #part do
        bytes = bytes + #part[i]
        if read > 0 and bytes > bytes_max then
            return reply
        end
        read = read + 1
        reply[1 + read] = part[i]
    end
    -- As many as should fit, by what they weighed so far.
    local fitting = math.floor((bytes_max - bytes) / (bytes / read + 1))
    slice = math.max(1, math.min(slice * 8, fitting, slice_max))
end
return reply
