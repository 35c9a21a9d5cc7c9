-- Counters of limits in Redis: the algorithm of docs/decisions/token-windows.md, run as one step that nothing comes
-- between. KEYS are the counters; ARGV[1] is JSON, `Call` of counter-store.ts. All numbers are whole and below 2^53.
-- Gives, for each counter: whether it lets through, its time, its wall, and for each window remaining, reset, retry
-- (-1: never) and whether the amount fits. A call with a reservation has its key behind those of the counters: there is,
-- as long as it is open, when each counter has taken it; or OVER, where nothing of it may be done any more.

local PERIODS = { second = 1000, minute = 60000, hour = 3600000, day = 86400000, week = 604800000, month = 2592000000 }
local SLOTS, STEPS = 20, 1000
local TOLERANCE, MINUTE, DAY, LEASE_MINUTES = 1000, 60000, 86400000, 30
local OVER, OPEN_MS = "over", 3600000
-- Ten years: a debt may take as long as it likes, but not for ever.
local TTL_MAX = 315360000000
local floor, ceil, max, min = math.floor, math.ceil, math.max, math.min

-- https://howardhinnant.github.io/date_algorithms.html#civil_from_days
local function month_of(ms)
  local days = floor(ms / DAY) + 719468
  local era = floor(days / 146097)
  local day = days - era * 146097
  local year = floor((day - floor(day / 1460) + floor(day / 36524) - floor(day / 146096)) / 365)
  local day_of_year = day - (365 * year + floor(year / 4) - floor(year / 100))
  local from_march = floor((5 * day_of_year + 2) / 153)
  return (era * 400 + year) * 12 + from_march
end

-- Where a month begins, counted from March of the year 0.
local function month_start(month)
  local year = floor(month / 12)
  local era = floor(year / 400)
  local year_of_era = year - era * 400
  local day_of_year = floor((153 * (month - year * 12) + 2) / 5)
  local day = year_of_era * 365 + floor(year_of_era / 4) - floor(year_of_era / 100) + day_of_year
  return (era * 146097 + day - 719468) * DAY
end

local function period_start(period, wall)
  if period == "month" then return month_start(month_of(wall)) end
  -- 1970 began on a Thursday.
  local shift = period == "week" and 3 * DAY or 0
  return floor((wall + shift) / PERIODS[period]) * PERIODS[period] - shift
end

local function period_end(period, wall)
  if period == "month" then return month_start(month_of(wall) + 1) end
  return period_start(period, wall) + PERIODS[period]
end

local function slot_at(window, time) return floor(time / (PERIODS[window.period] / SLOTS)) end

local function window_of(counter, window)
  local held = counter.windows[window.id]
  if held then return held end
  held = { used = 0 }
  if window.algorithm == "slidingWindow" then
    held.slots = {}
  elseif window.algorithm == "tokenBucket" then
    held.step, held.rest = floor(counter.last / (PERIODS[window.period] / STEPS)), 0
  else
    held.start = period_start(window.period, counter.last - counter.offset)
  end
  counter.windows[window.id] = held
  return held
end

local function used_of(counter, window)
  if not window.period then
    local count = 0
    for _, lease in pairs(counter.leases) do count = count + lease.count end
    return count
  end
  local held = window_of(counter, window)
  if not held.slots then return held.used end
  local sum = 0
  for _, amount in pairs(held.slots) do sum = sum + amount end
  return sum
end

-- Adds `change` to what was used at `time`, if that still counts.
local function change_by(counter, window, change, time, wall)
  if not window.period or change == 0 then return end
  local held = window_of(counter, window)
  if held.slots then
    local slot = slot_at(window, time)
    if slot < slot_at(window, counter.last) - SLOTS then return end
    local amount = max(0, (held.slots[slot] or 0) + change)
    held.slots[slot] = amount > 0 and amount or nil
  elseif held.step or period_start(window.period, wall) >= held.start then
    held.used = max(0, held.used + change)
  end
end

local function age(counter, window, wall)
  local held = window_of(counter, window)
  if held.slots then
    local first = slot_at(window, counter.last) - SLOTS
    for slot in pairs(held.slots) do
      if slot < first then held.slots[slot] = nil end
    end
  elseif held.step then
    local step = floor(counter.last / (PERIODS[window.period] / STEPS))
    local passed = step - held.step
    local drained = held.rest + window.limit * (passed % STEPS)
    held.step = step
    held.used = held.used - min(floor(passed / STEPS), STEPS) * window.limit - floor(drained / STEPS)
    held.rest = drained % STEPS
    if held.used <= 0 then held.used, held.rest = 0, 0 end
  else
    local start = period_start(window.period, wall)
    if start > held.start then held.used = 0 end
    held.start = start
  end
end

-- Brings the counter to `now`: its time, its windows, its leases. Gives the time, the wall, and whether the clock was
-- found set back.
local function advance(counter, windows, now)
  local time, was_set_back = now + counter.offset, false
  if time < counter.last - TOLERANCE then
    counter.offset = counter.offset + counter.last - time
    was_set_back = true
  end
  time = max(time, counter.last)
  counter.last = time
  local wall = time - counter.offset
  for _, window in ipairs(windows) do
    if window.period then age(counter, window, wall) end
  end
  for minute, lease in pairs(counter.leases) do
    if floor(time / MINUTE) - minute > LEASE_MINUTES then
      counter.leases[minute] = nil
      for _, window in ipairs(windows) do
        local began = minute * MINUTE
        change_by(counter, window, -(lease.amounts[window.unit] or 0), began, began - counter.offset)
      end
    end
  end
  return time, wall, was_set_back
end

local function fits(counter, window) return used_of(counter, window) + window.amount <= window.limit end

local function reserve(counter, operation, time, wall)
  for _, window in ipairs(operation.windows) do change_by(counter, window, window.amount, time, wall) end
  if not operation.leases then return end
  local minute = floor(time / MINUTE)
  local lease = counter.leases[minute] or { count = 0, amounts = {} }
  counter.leases[minute] = lease
  lease.count = lease.count + 1
  local is_known = {}
  for _, window in ipairs(operation.windows) do
    if window.unit ~= "requests" and not is_known[window.unit] then
      is_known[window.unit] = true
      lease.amounts[window.unit] = (lease.amounts[window.unit] or 0) + window.amount
    end
  end
end

local function settle(counter, operation)
  local minute = floor(operation.time / MINUTE)
  local lease = counter.leases[minute]
  local is_known = {}
  for _, window in ipairs(operation.windows) do
    local is_held = window.unit == "requests" or lease ~= nil
    local change = window.amount - (is_held and window.reserved or 0)
    change_by(counter, window, change, operation.time, operation.wall)
    if lease and window.unit ~= "requests" and not is_known[window.unit] then
      is_known[window.unit] = true
      lease.amounts[window.unit] = max(0, (lease.amounts[window.unit] or 0) - window.reserved)
    end
  end
  if not lease then return end
  lease.count = lease.count - 1
  if lease.count > 0 then return end
  for _, amount in pairs(lease.amounts) do
    if amount > 0 then return end
  end
  counter.leases[minute] = nil
end

-- Milliseconds until `amount` fits; -1 where it never will.
local function retry_of(counter, window, amount, time, wall)
  if amount > window.limit then return -1 end
  local excess = used_of(counter, window) + amount - window.limit
  if excess <= 0 or not window.period then return 0 end
  local period, held = PERIODS[window.period], window_of(counter, window)
  if held.start then return period_end(window.period, wall) - wall end
  if held.step then
    if window.limit == 0 then return period end
    local steps = ceil((excess * STEPS - held.rest) / window.limit)
    return (held.step + steps) * (period / STEPS) - time
  end
  local slots, freed = {}, 0
  for slot in pairs(held.slots) do slots[#slots + 1] = slot end
  table.sort(slots)
  for _, slot in ipairs(slots) do
    freed = freed + held.slots[slot]
    if freed >= excess then return (slot + SLOTS + 1) * (period / SLOTS) - time end
  end
  return 0
end

local function ttl_of(counter, windows)
  local ttl = (LEASE_MINUTES + 2) * MINUTE
  for _, window in ipairs(windows) do
    if window.period then
      local held = window_of(counter, window)
      local periods = held.step and window.limit > 0 and 2 + held.used / window.limit or 2
      ttl = max(ttl, periods * PERIODS[window.period])
    end
  end
  return min(ceil(ttl), TTL_MAX)
end

local function load(key)
  local packed = redis.call("GET", key)
  if packed then return cmsgpack.unpack(packed) end
  return { last = 0, offset = 0, windows = {}, leases = {} }
end

local call = cjson.decode(ARGV[1])
local now = call.now
if not now then
  local clock = redis.call("TIME")
  now = clock[1] * 1000 + floor(clock[2] / 1000)
end

local attempt = call.attempt
local open_key = attempt and KEYS[#KEYS]
local known = open_key and redis.call("GET", open_key)
local is_over = known == OVER
local open = known and not is_over and cmsgpack.unpack(known) or nil
-- Sent again it was open, or it has been settled before.
local is_ignored = is_over or attempt == "again" and not open

-- Whether the counter changes.
local function change(i, counter, operation, time, wall)
  if is_ignored then return false end
  if attempt == "undo" then
    if not open then return false end
    for _, window in ipairs(operation.windows) do window.amount, window.reserved = 0, window.amount end
    operation.time, operation.wall = open[i][1], open[i][2]
    settle(counter, operation)
  elseif operation.kind == "settle" then
    settle(counter, operation)
  elseif operation.kind == "reserve" and operation.is_granted and not open then
    reserve(counter, operation, time, wall)
  else
    return false
  end
  return true
end

-- What is left of a reservation after this call. Settled in order it is forgotten: nobody asks for it again. Whatever went
-- wrong may still have calls on their way, older than this one.
local function note_reservation(times, is_granted)
  if not open_key or is_ignored and attempt ~= "undo" then return end
  if attempt ~= "first" then
    redis.call("SET", open_key, OVER, "PX", OPEN_MS)
  elseif call.operations[1].kind == "settle" then
    if open then redis.call("DEL", open_key) end
  elseif is_granted and not open then
    redis.call("SET", open_key, cmsgpack.pack(times), "PX", OPEN_MS)
  end
end

local counters, times, was_set_back, lets_all_through = {}, {}, {}, true
for i, operation in ipairs(call.operations) do
  local counter = load(KEYS[i])
  local time, wall, is_set_back = advance(counter, operation.windows, now)
  counters[i], times[i], was_set_back[i] = counter, { time, wall }, is_set_back
  operation.fits, operation.retries, operation.lets_through = {}, {}, true
  for w, window in ipairs(operation.windows) do
    operation.fits[w] = operation.kind == "settle" or open ~= nil or fits(counter, window)
    operation.retries[w] = operation.fits[w] and 0 or retry_of(counter, window, window.amount, time, wall)
    if not operation.fits[w] then operation.lets_through = false end
  end
  if not operation.lets_through and not operation.shadow then lets_all_through = false end
end

local answers = {}
for i, operation in ipairs(call.operations) do
  local counter, time, wall = counters[i], times[i][1], times[i][2]
  operation.is_granted = lets_all_through
  local changes = change(i, counter, operation, time, wall)
  -- Asked once more, a reservation is the one that it was.
  local taken = open and operation.kind == "reserve" and open[i] or times[i]
  local answer = { operation.lets_through and 1 or 0, taken[1], taken[2] }
  for w, window in ipairs(operation.windows) do
    answer[#answer + 1] = max(0, window.limit - used_of(counter, window))
    answer[#answer + 1] = max(0, retry_of(counter, window, window.limit, time, wall))
    answer[#answer + 1] = operation.retries[w]
    answer[#answer + 1] = operation.fits[w] and 1 or 0
  end
  if changes or was_set_back[i] then
    redis.call("SET", KEYS[i], cmsgpack.pack(counter), "PX", ttl_of(counter, operation.windows))
  end
  answers[i] = answer
end
note_reservation(times, lets_all_through)
return answers
