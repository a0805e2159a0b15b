#!lua flags=no-writes
-- Who drains: the group's consumers, those that hold most first, and what nobody has taken yet. At
-- a cost that grows with the consumers, not with the backlog.
--
-- KEYS[1]  the stream of pending keys
-- ARGV[1]  the group
-- ARGV[2]  the most consumers to name
--
-- {"REPLICAS", untaken, ended, consumers, name, held, idle_ms, …}  entries that no consumer has;
--     entries ended since the stream began; how many consumers there are; three values for each that
--     is named
-- {"NONE"}  there is no such group
local members = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
if members['err'] then
    return {'NONE'}
end
local held = 0
local consumers = {}
for _, member in ipairs(members) do
    local fields = {}
    for i = 1, #member, 2 do
        fields[member[i]] = member[i + 1]
    end
    held = held + fields['pending']
    consumers[#consumers + 1] = fields
end
table.sort(consumers, function(one, other)
    if one['pending'] ~= other['pending'] then
        return one['pending'] > other['pending']
    end
    return one['name'] < other['name']
end)
local added = 0
local stream = redis.call('XINFO', 'STREAM', KEYS[1])
for i = 1, #stream, 2 do
    if stream[i] == 'entries-added' then
        added = stream[i + 1]
    end
end
local entries = redis.call('XLEN', KEYS[1])
local reply = {'REPLICAS', math.max(0, entries - held), math.max(0, added - entries), #consumers}
for i = 1, math.min(#consumers, tonumber(ARGV[2])) do
    reply[#reply + 1] = consumers[i]['name']
    reply[#reply + 1] = consumers[i]['pending']
    reply[#reply + 1] = consumers[i]['idle']
end
return reply
