#!lua flags=allow-oom
-- How much is pending in a stream, at a cost that does not grow with the backlog. Not declared as
-- read-only: a server that takes no writes must not look healthy.
--
-- KEYS[1]  the stream of pending keys
--
-- {"PENDING", entries, lag_ms}  entries not acknowledged; the age of the oldest, 0 when none
-- {"NONE"}                      there is no such stream
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)
if #oldest == 0 then
    if redis.call('EXISTS', KEYS[1]) == 0 then
        return {'NONE'}
    end
    return {'PENDING', 0, 0}
end
local now = redis.call('TIME')
local age_ms = now[1] * 1000 + math.floor(now[2] / 1000) - tonumber(string.match(oldest[1][1], '^%d+'))
return {'PENDING', redis.call('XLEN', KEYS[1]), math.max(0, age_ms)}
