#!lua flags=allow-oom
-- Sets how long an entry counts as untouched: 0 starts its lease anew while its consumer works on it;
-- the lease or more gives it back to the group at once.
--
-- KEYS[1]  the stream of pending keys
-- ARGV[1]  the group
-- ARGV[2]  the consumer
-- ARGV[3]  the entry's id
-- ARGV[4]  milliseconds
--
-- {"RENEWED"}  the entry is this consumer's again
-- {"GONE"}     somebody acknowledged it
local claimed = redis.pcall('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'IDLE', ARGV[4], 'JUSTID')
if claimed['err'] or #claimed == 0 then
    return {'GONE'}
end
return {'RENEWED'}
