#!lua flags=allow-oom
-- Hands over entries that their consumer has not touched for the lease: it died, or gave them up.
--
-- KEYS[1]  the stream of pending keys
-- ARGV[1]  the group
-- ARGV[2]  the consumer that takes them
-- ARGV[3]  the lease in milliseconds
-- ARGV[4]  the most entries to take
-- ARGV[5]  the id to look from; "0-0" for the beginning
--
-- {"TAKEN", next_id, id, key, noticed_us, …}  where to look on, "0-0" at the end; three values an
--                                            entry, possibly none
local reply = {'TAKEN', '0-0'}
local claimed =
    redis.pcall('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[5], 'COUNT', ARGV[4])
if claimed['err'] then
    if string.find(claimed['err'], 'NOGROUP', 1, true) then
        return reply
    end
    return claimed
end
reply[2] = claimed[1]
for _, entry in ipairs(claimed[2]) do
    local fields = {}
    for i = 1, #entry[2], 2 do
        fields[entry[2][i]] = entry[2][i + 1]
    end
    reply[#reply + 1] = entry[1]
    reply[#reply + 1] = fields['key'] or ''
    reply[#reply + 1] = fields['noticed_us'] or '0'
end
return reply
