// Statements in SQL or the sample's CQL, given as an argument, in a file, on standard input, or typed at a prompt.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>

#include "cartwheel/cli/command.h"
#include "cartwheel/cli/input_file.h"
#include "cartwheel/cli/interrupt.h"
#include "cartwheel/cli/query_answer.h"
#include "cartwheel/cli/query_prompt.h"
#include "cartwheel/cli/target.h"
#include "cartwheel/client/client.h"
#include "cartwheel/query/statement.h"

namespace cartwheel::cli {
namespace {

struct Flags {
    std::string statement;
    std::string file;
    std::string format = "table";
    TargetFlags target;
};

constexpr std::size_t text_bytes_max = std::size_t{16} << 20;  // of a file with statements

AnswerFormat format_of(const std::string& name) {
    return name == "csv" ? AnswerFormat::csv : name == "json" ? AnswerFormat::json : AnswerFormat::table;
}

/// Sends one statement and prints its answer. An error is complained about.
Exit ask(client::Client& client, const std::string& statement, AnswerFormat format) {
    client::Request request{.method = "POST", .target = "/query", .headers = {{"Content-Type", "application/sql"}}, .body = statement};
    const auto response = client.send(std::move(request));
    if (!response) {
        complain(response.error().message);
        return exit_failed;
    }
    if (response->status != 200) {
        complain(refusal_in(*response));
        constexpr unsigned unprocessable = 422;
        return response->status == unprocessable ? exit_usage : exit_failed;
    }
    const auto shown = show_answer(response->body, format);
    if (!shown) {
        complain(shown.error().message);
        return exit_failed;
    }
    const bool written = std::fwrite(shown->text.data(), 1, shown->text.size(), stdout) == shown->text.size() && std::fflush(stdout) == 0;
    if (!written) {
        complain("the rows could not be written to standard output; is its disk full?");
        return exit_failed;
    }
    if (shown->is_cut) complain("there are more rows than are answered at once; narrow the statement, or ask for less with LIMIT");
    return exit_done;
}

Result<std::string> read_all(const std::string& name, const Interrupt& interrupt) {
    TRY(auto file, InputFile::open(name));
    std::string text;
    std::array<char, 65'536> piece{};
    while (true) {
        TRY(const auto bytes, file.read(piece, interrupt));
        if (bytes == 0) return text;
        text.append(piece.data(), bytes);
        if (text.size() > text_bytes_max) return fail(Error::invalid("there are more than 16 MiB of statements; give them in parts"));
    }
}

/// The statements one after the other, until one fails.
Exit run_all(client::Client& client, const std::string& text, AnswerFormat format, const Interrupt& interrupt) {
    auto pieces = query::split(text);
    if (!pieces.rest.empty()) pieces.statements.push_back(std::move(pieces.rest));
    if (pieces.statements.empty()) {
        complain("there is no statement; write one such as 'SELECT * FROM product LIMIT 10'");
        return exit_usage;
    }
    for (const auto& statement : pieces.statements) {
        const auto exit = ask(client, statement, format);
        if (interrupt.raised()) return exit_interrupted;
        if (exit != exit_done) return exit;
    }
    return exit_done;
}

Exit run(const Flags& flags) {
    auto target = open_target(flags.target);
    if (!target) {
        complain(target.error().message);
        return target.error().code == ErrorCode::invalid ? exit_usage : exit_failed;
    }
    client::Client client(target->address);
    const auto format = format_of(flags.format);
    if (flags.statement.empty() && flags.file.empty() && isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0) {
        prompt_for_statements([&](const std::string& statement) { ask(client, statement, format); });
        return exit_done;
    }
    const Interrupt interrupt;
    if (!flags.statement.empty()) return run_all(client, flags.statement, format, interrupt);
    const auto text = read_all(flags.file.empty() ? "-" : flags.file, interrupt);
    if (interrupt.raised()) return exit_interrupted;
    if (text) return run_all(client, *text, format, interrupt);
    complain(text.error().message);
    return text.error().code == ErrorCode::invalid ? exit_usage : exit_failed;
}

}  // namespace

void add_query(CLI::App& root, Exit& exit) {
    auto* command = root.add_subcommand("query", "SQL or CQL over the tables and their change logs");
    const auto flags = std::make_shared<Flags>();
    auto* statement = command->add_option("STATEMENT", flags->statement, "a SELECT; several with semicolons between");
    command->add_option("--file", flags->file, "a file with statements; - is standard input")->type_name("F")->excludes(statement);
    command->add_option("--format", flags->format, "how rows are shown: table, csv, or json with an object a line")
        ->check(CLI::IsMember({"table", "csv", "json"}).description(""))
        ->type_name("table|csv|json")
        ->capture_default_str();
    flags->target.add_to(*command);
    command->footer(
        "\nTables: product, cart, cart_items, orders, order_items, and <table>_scylla_cdc_log, the change log of each of the first four.\n"
        "Views: abandoned_carts, best_sellers, second_thoughts, put_to_order, carts_with_products.\n"
        "Without a statement on a terminal it prompts for them; \\d there lists all columns. At most 10,000 rows and 5 seconds a statement.\n\n"
        "  cartwheel query 'SELECT * FROM best_sellers LIMIT 10'\n"
        "  cartwheel query --format csv 'SELECT user_id, sum(total) FROM orders GROUP BY user_id' > spent.csv\n"
        "  cartwheel query 'SELECT count(*) FROM ecommerce.cart_items_scylla_cdc_log WHERE \"cdc$operation\" = 2 AND product_quantity > 2'\n"
        "  cartwheel query --file report.sql --data cartwheel-data\n\n"
        "Exit codes: 0 done; 3 failed; 4 interrupted; 64 wrong usage or a wrong statement.");
    command->callback([flags, &exit] { exit = run(*flags); });
}

}  // namespace cartwheel::cli
