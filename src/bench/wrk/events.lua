-- POST /log for wrk. Arguments behind "--": users, events of one request, and for webdis the digest
-- of the script that it is to call.
--
-- Every request is made before the clock starts: what is measured is the server, not this file.
local USERS_OFFSET_PER_THREAD = 7919
local BULK_BODIES = 64
local TIMESTAMP = 1712345000
local DAY = 19818

local threads = 0

function setup(thread)
    thread:set('number', threads)
    threads = threads + 1
end

-- The last digits differ because LuaJIT hashes only some bytes of a long string, its last four among
-- them: with 100,000 that hash alike it would take minutes to make them.
local function line(user)
    return string.format(
        '{"user_id":"%06d","event":"clicked_button","timestamp":%d}',
        user, TIMESTAMP + user % 1000)
end

local requests = {}
local at = 0

function init(args)
    local users = tonumber(args[1])
    local events = tonumber(args[2])
    local digest = args[3]
    local offset = number * USERS_OFFSET_PER_THREAD
    math.randomseed(number + 1)
    wrk.method = 'POST'
    wrk.headers['Content-Type'] = 'application/json'
    if events == 1 then
        for i = 1, users do
            local user = (i + offset) % users
            if digest then
                wrk.headers['Content-Type'] = nil
                requests[i] = wrk.format(nil, '/', nil, string.format(
                    'EVALSHA/%s/1/logs:user_%06d:%d/%s', digest, user, DAY, line(user)))
            else
                requests[i] = wrk.format(nil, '/log', nil, line(user))
            end
        end
        -- Users come in no order that a cache could guess.
        for i = users, 2, -1 do
            local j = math.random(i)
            requests[i], requests[j] = requests[j], requests[i]
        end
    else
        for i = 1, BULK_BODIES do
            local lines = {}
            for j = 1, events do
                lines[j] = line(math.random(0, users - 1))
            end
            requests[i] = wrk.format(nil, '/log', nil, '[' .. table.concat(lines, ',') .. ']')
        end
    end
end

function request()
    at = at % #requests + 1
    return requests[at]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        'RESULT %d %d %d %d %d %d %d %d %d %d %d %d\n',
        summary.requests, summary.duration,
        errors.connect, errors.read, errors.write, errors.status, errors.timeout,
        latency:percentile(50), latency:percentile(90), latency:percentile(99),
        latency:percentile(99.9), latency.max))
end
