// Follows the change log of a server over one stream, and comes back by itself with the last id it heard when that breaks off.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <thread>

#include "cartwheel/cli/change_text.h"
#include "cartwheel/cli/command.h"
#include "cartwheel/cli/interrupt.h"
#include "cartwheel/cli/target.h"
#include "cartwheel/client/client.h"
#include "cartwheel/client/event_stream.h"

namespace cartwheel::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto first_pause = 100ms;
constexpr auto longest_pause = 5s;
constexpr auto nap = 50ms;  // so that it ends soon after it is told to

struct Flags {
    TargetFlags target;
    std::string after;
    std::string table;
    std::string user;
    std::string product;
    bool until_now = false;
    bool json = false;
};

class Following {
public:
    Following(const Flags& flags, client::Address server)
        : flags_(flags),
          server_(std::move(server)),
          events_([this](const client::Event& event) { return print(event); },
                  [this](std::string_view comment) { is_all_ = is_all_ || comment == "up to now"; }) {}

    Exit run() {
        auto pause = first_pause;
        bool was_connected = false;
        while (!interrupt_.raised()) {
            hears_ = false;
            const auto response = listen();
            if (is_all_) return exit_done;
            if (has_no_reader_) return exit_failed;
            if (interrupt_.raised()) break;
            was_connected = was_connected || hears_;
            // With 503 it has too many streams, or is about to be ready; that passes.
            const bool is_refused = response && response->status != 200 && response->status < 500;
            if (is_refused || (!was_connected && !response)) {
                complain(response ? "the server refused: " + client::detail_of(*response) : response.error().message);
                constexpr unsigned unprocessable = 422;
                return response && response->status == unprocessable ? exit_usage : exit_failed;
            }
            if (hears_) pause = first_pause;
            if (!is_waiting_) complain(fmt::format("{}; goes on by itself{}", why(response), from()));
            is_waiting_ = true;
            rest(pause);
            pause = std::min<std::chrono::milliseconds>(2 * pause, longest_pause);
        }
        if (!events_.last_id().empty()) complain(fmt::format("interrupted; go on with --after {}", events_.last_id()));
        return exit_interrupted;
    }

private:
    /// A stream until it ends, in whatever way.
    Result<client::Response> listen() {
        client::Client client(server_);
        events_.begin_again();
        client::Request request{.target = path()};
        if (!events_.last_id().empty()) request.headers.push_back({"Last-Event-ID", events_.last_id()});
        const auto take = [this](std::string_view piece) {
            hears_ = true;
            is_waiting_ = false;
            auto taken = events_.feed(piece);
            if (std::fflush(stdout) != 0) has_no_reader_ = true;
            if (has_no_reader_) return Result<void>(fail(Error::unavailable("nobody reads")));
            return taken;
        };
        return client.stream(std::move(request), take, [this] { return interrupt_.raised(); });
    }

    std::string path() const {
        std::string path = "/changes?after=" + client::path_segment(flags_.after);
        const auto add = [&](std::string_view name, const std::string& value) {
            if (!value.empty()) path += fmt::format("&{}={}", name, client::path_segment(value));
        };
        add("table", flags_.table);
        add("user_id", flags_.user);
        add("product_id", flags_.product);
        if (flags_.until_now) path += "&until=now";
        return path;
    }

    static std::string why(const Result<client::Response>& response) {
        if (!response) return response.error().message;
        return response->status == 200 ? "the server has ended the stream" : "the server refused: " + client::detail_of(*response);
    }

    std::string from() const { return events_.last_id().empty() ? "" : " behind " + events_.last_id(); }

    Result<void> print(const client::Event& event) {
        const auto line = flags_.json ? event.data : change_text(event.data);
        if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size() || std::fputc('\n', stdout) == EOF) has_no_reader_ = true;
        return {};
    }

    void rest(std::chrono::milliseconds pause) const {
        const auto end = std::chrono::steady_clock::now() + pause;
        while (!interrupt_.raised() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(nap);
    }

    const Interrupt interrupt_;
    const Flags& flags_;
    const client::Address server_;
    client::EventStream events_;
    bool hears_ = false;       ///< something came on this connection
    bool is_waiting_ = false;  ///< it was said that the connection is lost
    bool is_all_ = false;      ///< the end that was asked for is there
    bool has_no_reader_ = false;
};

Exit run_changes(Flags flags) {
    // A folder that is opened for this alone does not change.
    if (!flags.target.data.empty()) flags.until_now = true;
    if (flags.after.empty()) flags.after = flags.until_now ? "beginning" : "now";
    auto target = open_target(flags.target);
    if (!target) {
        complain(target.error().message);
        return target.error().code == ErrorCode::invalid ? exit_usage : exit_failed;
    }
    return Following(flags, target->address).run();
}

}  // namespace

void add_changes(CLI::App& root, Exit& exit) {
    auto flags = std::make_shared<Flags>();
    auto* command = root.add_subcommand("changes", "follow what changes in the shop");
    flags->target.add_to(*command);
    command->add_option("--after", flags->after, "where to begin: beginning, now, or the cursor of a change; now unless it ends at now")
        ->type_name("CURSOR");
    command->add_option("--table", flags->table, "only this one: product, cart, cart_items or orders")->type_name("TABLE");
    command->add_option("--user", flags->user, "only what is this user's")->type_name("ID");
    command->add_option("--product", flags->product, "only what is about this product")->type_name("ID");
    command->add_flag("--until-now", flags->until_now, "end with what is newest now, and begin at the oldest; so does --data");
    command->add_flag("--json", flags->json, "events as JSON, one a line");
    command->footer(
        "When the connection breaks off it comes back by itself and goes on where it was.\n\n"
        "  cartwheel changes --user ann\n"
        "  cartwheel changes --until-now --json | jq .after\n\n"
        "Exit codes: 0 the end was reached; 3 failed; 4 interrupted; 64 wrong usage.");
    command->callback([flags, &exit] { exit = run_changes(*flags); });
}

}  // namespace cartwheel::cli
