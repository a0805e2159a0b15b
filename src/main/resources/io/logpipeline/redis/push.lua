#!lua
-- Appends events to lists, part by part: of each part all events or none. A part that is refused holds
-- up no other. Not allowed in a full Redis: the caller must know.
--
-- KEYS[1]  the store's id; absent where it can't share the lists' slot, and the parts' keys begin here
-- KEYS[2…] for each part its list; behind the list, where the part is marked, the marker of the
--          request's idempotency key on this list
-- ARGV[1]  seconds a list lives, counted from its last push
-- ARGV[2]  an id for a store that has none: it must not be younger than any event; empty where KEYS[1]
--          is absent
-- ARGV[3…] for each part the number of its events, negative where the part is marked; then the events
--
-- {"PUSHED", now_us, answer…}  now_us by this server's clock; for each part the list's length after the
--                              push; or, with no list changed, "DUPLICATE": the marker says that it was
--                              made before, and lives its full time again; "OTHER_EVENTS": the marker
--                              is that of other events; or the error with which Redis refused it
local now = redis.call('TIME')
local reply = {'PUSHED', now[1] * 1000000 + now[2]}
local has_store = ARGV[2] ~= ''
local key, argument = has_store and 2 or 1, 3
local begun = false

-- Lua's stack takes some 8,000 values in one call.
local function append(list, first, last)
    local length
    for from = first, last, 4000 do
        length = redis.pcall('RPUSH', list, unpack(ARGV, from, math.min(from + 3999, last)))
        if type(length) == 'table' then
            return length.err
        end
    end
    redis.call('EXPIRE', list, ARGV[1])
    begun = begun or length == last - first + 1
    return length
end

while argument <= #ARGV do
    local list, count = KEYS[key], tonumber(ARGV[argument])
    local first, last = argument + 1, argument + math.abs(count)
    if count > 0 then
        reply[#reply + 1] = append(list, first, last)
    else
        key = key + 1
        local digest = redis.sha1hex(table.concat(ARGV, '\n', first, last))
        local before = redis.pcall('GET', KEYS[key])
        local answer
        if not before then
            answer = append(list, first, last)
            if type(answer) == 'number' then
                redis.call('SET', KEYS[key], digest, 'EX', ARGV[1])
            end
        elseif type(before) == 'table' then
            answer = before.err
        elseif before == digest then
            answer = 'DUPLICATE'
            -- A write: what waits for the durability of this call waits for that of the first one.
            redis.call('EXPIRE', KEYS[key], ARGV[1])
        else
            answer = 'OTHER_EVENTS'
        end
        reply[#reply + 1] = answer
    end
    key = key + 1
    argument = last + 1
end
if begun and has_store then
    redis.call('SET', KEYS[1], ARGV[2], 'NX')
end
return reply
