#!lua
-- Appends events to one list, all of them or none. Not allowed in a full Redis: the caller must know.
--
-- KEYS[1]  the list
-- KEYS[2]  the store's id
-- KEYS[3]  the marker of the request's idempotency key on this list; absent without one
-- ARGV[1]  seconds the list lives, counted from its last push
-- ARGV[2]  an id for a store that has none: it must not be younger than any event
-- ARGV[3…] the events
--
-- {"STORED", length, now_us}  the list's length after the push; now_us by this server's clock
-- {"DUPLICATE"}               the marker says that this push was made before; nothing changed
-- {"OTHER_EVENTS"}            the marker is that of other events; nothing changed
local digest
if KEYS[3] then
    digest = redis.sha1hex(table.concat(ARGV, '\n', 3))
    local before = redis.call('GET', KEYS[3])
    if before == digest then
        return {'DUPLICATE'}
    end
    if before then
        return {'OTHER_EVENTS'}
    end
end
local length = 0
-- Lua's stack takes some 8,000 values in one call.
for first = 3, #ARGV, 4000 do
    length = redis.call('RPUSH', KEYS[1], unpack(ARGV, first, math.min(first + 3999, #ARGV)))
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
if digest then
    redis.call('SET', KEYS[3], digest, 'EX', ARGV[1])
end
if length == #ARGV - 2 then
    redis.call('SET', KEYS[2], ARGV[2], 'NX')
end
local now = redis.call('TIME')
return {'STORED', length, now[1] * 1000000 + now[2]}
