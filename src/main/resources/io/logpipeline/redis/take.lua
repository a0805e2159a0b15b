#!lua flags=allow-oom
-- Hands the due entries at the head of the stream to one consumer; entries that are not due stay
-- undelivered, for whoever is awake then. Creates the group when it is missing; never the stream, which
-- may just have been removed.
--
-- KEYS[1]  the stream of pending keys
-- ARGV[1]  the group
-- ARGV[2]  the consumer
-- ARGV[3]  milliseconds after which an entry is due
-- ARGV[4]  the most entries to take
--
-- {"TAKEN", id, key, noticed_us, …}  three values an entry, at least one entry
-- {"WAIT", milliseconds}             until the first undelivered entry is due; -1 when there is none
if redis.call('EXISTS', KEYS[1]) == 0 then
    return {'WAIT', -1}
end
local last
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local fields = {}
    for i = 1, #group, 2 do
        fields[group[i]] = group[i + 1]
    end
    if fields['name'] == ARGV[1] then
        last = fields['last-delivered-id']
    end
end
if not last then
    redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0')
    last = '0-0'
end
local now = redis.call('TIME')
local now_ms = now[1] * 1000 + math.floor(now[2] / 1000)
local due_before_ms = now_ms - ARGV[3]
local due = 0
local first_ms
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', ARGV[4])) do
    local entry_ms = tonumber(string.match(entry[1], '^%d+'))
    first_ms = first_ms or entry_ms
    -- An id from the future is the trace of a clock that stepped back: waiting for it has no end.
    if entry_ms > due_before_ms and entry_ms <= now_ms then
        break
    end
    due = due + 1
end
if due == 0 then
    return {'WAIT', first_ms and first_ms - due_before_ms or -1}
end
local taken = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', due, 'STREAMS', KEYS[1], '>')
local reply = {'TAKEN'}
for _, entry in ipairs(taken[1][2]) do
    local fields = {}
    for i = 1, #entry[2], 2 do
        fields[entry[2][i]] = entry[2][i + 1]
    end
    reply[#reply + 1] = entry[1]
    reply[#reply + 1] = fields['key'] or ''
    reply[#reply + 1] = fields['noticed_us'] or '0'
end
return reply
