-- GET of each path of a file in turn: paths=FILE.
local here = debug.getinfo(1, "S").source:match("^@(.*/)")
dofile(here .. "report.lua")

local requests = {}
local at = 0

function init(args)
   for i, path in ipairs(lines_of(arguments(args).paths)) do
      requests[i] = "GET " .. path .. " HTTP/1.1\r\nHost: localhost\r\n\r\n"
   end
   at = math.random(#requests) - 1
end

function request()
   at = at % #requests + 1
   return requests[at]
end
