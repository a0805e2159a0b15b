#!lua flags=allow-oom
-- Takes or renews a lease. Several may share one by the same token.
--
-- KEYS[1]  the lease
-- ARGV[1]  the caller's token
-- ARGV[2]  milliseconds
--
-- {"HELD"}           it is the caller's for that long
-- {"OTHER", token}   whose it is
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
    return {'OTHER', holder}
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {'HELD'}
