#pragma once
// A file, or standard input as `-`, read from front to back. Owned by the command; one thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "cartwheel/base/error.h"
#include "cartwheel/cli/interrupt.h"

namespace cartwheel::cli {

class InputFile {
public:
    /// Errors: unavailable (it cannot be opened), in words with the file's name.
    static Result<InputFile> open(const std::string& name);

    InputFile(InputFile&& other) noexcept;
    InputFile& operator=(InputFile&&) = delete;
    ~InputFile();

    /// The next bytes; 0 at the end, and when `interrupt` is raised while waiting for a pipe. Errors: unavailable.
    Result<std::size_t> read(std::span<char> into, const Interrupt& interrupt);

    std::optional<std::uint64_t> bytes() const noexcept { return bytes_; }  ///< of a plain file
    const std::string& shown_name() const noexcept { return name_; }        ///< for people

private:
    InputFile(int file, std::string name, std::optional<std::uint64_t> bytes) : file_(file), name_(std::move(name)), bytes_(bytes) {}

    int file_;
    std::string name_;
    std::optional<std::uint64_t> bytes_;
};

}  // namespace cartwheel::cli
