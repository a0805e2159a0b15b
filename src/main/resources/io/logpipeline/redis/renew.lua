#!lua flags=allow-oom
-- Starts the lease of an entry anew, while its consumer works on it.
--
-- KEYS[1]  the stream of pending keys
-- ARGV[1]  the group
-- ARGV[2]  the consumer
-- ARGV[3]  the entry's id
--
-- {"RENEWED"}  the entry is this consumer's again
-- {"GONE"}     somebody acknowledged it
local claimed = redis.pcall('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'JUSTID')
if claimed['err'] or #claimed == 0 then
    return {'GONE'}
end
return {'RENEWED'}
