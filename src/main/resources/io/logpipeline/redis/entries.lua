#!lua flags=no-writes
-- Reads a page of the stream, for the sweep that compares it with the lists there are.
--
-- KEYS[1]  the stream of pending keys
-- ARGV[1]  the id after which to read; "0-0" for the beginning
-- ARGV[2]  the most entries to read
--
-- {"ENTRIES", last_id, key, …}  the id of the last entry read, or ARGV[1] when there is none; a key
--                               for each entry, empty where it names none
local reply = {'ENTRIES', ARGV[1]}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])) do
    reply[2] = entry[1]
    local key = ''
    for i = 1, #entry[2], 2 do
        if entry[2][i] == 'key' then
            key = entry[2][i + 1]
        end
    end
    reply[#reply + 1] = key
end
return reply
