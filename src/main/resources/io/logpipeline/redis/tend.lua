#!lua flags=allow-oom
-- Keeps a list alive that waits longer than half its time, while any process of ours is there.
--
-- KEYS[1]  a key that looks like a list of events
-- ARGV[1]  seconds a list lives
--
-- {"LIST", now_us}     nothing to do: time enough, or no expiry at all; now_us by this server's clock
-- {"REARMED", now_us}  it lives its full time again
-- {"GONE"}             there is no such key any more
-- {"NO_LIST"}          the key is of another type
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind == 'none' then
    return {'GONE'}
end
if kind ~= 'list' then
    return {'NO_LIST'}
end
local now = redis.call('TIME')
local now_us = now[1] * 1000000 + now[2]
local left_ms = redis.call('PTTL', KEYS[1])
if left_ms >= 0 and left_ms < ARGV[1] * 500 then
    redis.call('EXPIRE', KEYS[1], ARGV[1])
    return {'REARMED', now_us}
end
return {'LIST', now_us}
