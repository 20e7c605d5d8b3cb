-- What a run of wrk hands back: one line of JSON behind everything that wrk prints for people. And the arguments of a script, which
-- are NAME=VALUE behind wrk's `--`.

function arguments(args)
   local values = {}
   for i = 0, #args do
      local name, value = tostring(args[i] or ""):match("^([%w_]+)=(.*)$")
      if name then values[name] = value end
   end
   return values
end

function lines_of(path)
   local lines = {}
   for line in io.lines(path) do lines[#lines + 1] = line end
   return lines
end

function done(summary, latency, requests)
   io.write(string.format(
      '\nRESULT {"requests":%d,"duration_us":%d,"bytes":%d,"bad_status":%d,"broken":%d,"timeouts":%d,"p50_us":%d,"p99_us":%d}\n',
      summary.requests, summary.duration, summary.bytes, summary.errors.status,
      summary.errors.connect + summary.errors.read + summary.errors.write, summary.errors.timeout,
      latency:percentile(50), latency:percentile(99)))
end
