#!lua
-- Appends events to one list, all of them or none. Not allowed in a full Redis: the caller must know.
--
-- KEYS[1]  the list
-- KEYS[2]  the marker of the request's idempotency key on this list; absent without one
-- ARGV[1]  seconds the list lives, counted from its last push
-- ARGV[2…] the events
--
-- {"STORED", length, now_us}  the list's length after the push; now_us by this server's clock
-- {"DUPLICATE"}               the marker says that this push was made before; nothing changed
if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 1 then
    return {'DUPLICATE'}
end
local length = 0
-- Lua's stack takes some 8,000 values in one call.
for first = 2, #ARGV, 4000 do
    length = redis.call('RPUSH', KEYS[1], unpack(ARGV, first, math.min(first + 3999, #ARGV)))
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
if KEYS[2] then
    redis.call('SET', KEYS[2], 1, 'EX', ARGV[1])
end
local now = redis.call('TIME')
return {'STORED', length, now[1] * 1000000 + now[2]}
