#!lua flags=allow-oom
-- Removes consumers that nobody has used for long, never one with entries pending.
--
-- KEYS[1]  the stream of pending keys
-- ARGV[1]  the group
-- ARGV[2]  milliseconds without use
--
-- {"RETIRED", count}
local retired = 0
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
if consumers['err'] then
    return {'RETIRED', 0}
end
for _, consumer in ipairs(consumers) do
    local fields = {}
    for i = 1, #consumer, 2 do
        fields[consumer[i]] = consumer[i + 1]
    end
    if fields['pending'] == 0 and fields['idle'] >= tonumber(ARGV[2]) then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], fields['name'])
        retired = retired + 1
    end
end
return {'RETIRED', retired}
