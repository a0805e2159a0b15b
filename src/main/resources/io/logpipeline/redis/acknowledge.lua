#!lua flags=allow-oom
-- Ends entries: acknowledged and deleted at once, so that the stream's length is what is pending.
--
-- KEYS[1]  the stream of pending keys
-- ARGV[1]  the group
-- ARGV[2…] the entries' ids
--
-- {"ACKNOWLEDGED", count}  how many entries there were
redis.pcall('XACK', KEYS[1], ARGV[1], unpack(ARGV, 2))
return {'ACKNOWLEDGED', redis.call('XDEL', KEYS[1], unpack(ARGV, 2))}
