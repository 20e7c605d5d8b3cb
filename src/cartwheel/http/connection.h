#pragma once
// One client's connection: reads a request within its limits and deadlines, has it handled, writes the answer, and again.
// Made by a worker, runs on its thread, ends by itself.

#include <boost/intrusive/list_hook.hpp>
#include <memory>
#include <string>

#include "cartwheel/base/time.h"
#include "cartwheel/http/chunk_decoder.h"
#include "cartwheel/http/exchange.h"
#include "cartwheel/http/worker.h"

namespace cartwheel::http {

class Connection final : public Exchange, public boost::intrusive::list_base_hook<> {
public:
    Connection(Socket socket, Worker& worker);
    ~Connection() override;

    Task<void> run();

    /// Called by the worker now and then: gives up a wait that took too long, and memory that an idle connection need not keep.
    void look_at_clock(std::chrono::steady_clock::time_point now);
    /// Closes it when it is between requests; what has no end is given little time to leave.
    void begin_stop();
    void abandon();

    Task<Result<std::string_view>> read_piece() override;
    Task<Result<void>> write_piece(std::string_view piece) override;
    Task<Result<void>> flush() override;
    void watch_client(std::function<void()> on_gone) override;
    void become_endless() override;

private:
    using Deadline = std::chrono::steady_clock::time_point;
    enum class Phase : std::uint8_t { idle, head, body, handling, answering, closing };

    Task<bool> serve_one();
    Task<bool> read_head();
    Task<bool> read_body();
    Task<bool> read_chunked_body();
    ChunkDecoder::State take_chunks();
    bool body_is_cut();
    void detach_head();
    Task<bool> drain_body();
    Task<void> dispatch();
    void write_answer();
    Task<bool> end_stream();
    Task<bool> send(std::string_view bytes);
    Task<bool> send_rest(std::string_view rest);
    std::optional<std::size_t> send_now(std::string_view bytes);
    Task<bool> ask_for_body();
    void end_watch();
    Task<void> linger();

    /// Reads more behind `end_`; false at the end of the stream, at an error or a deadline.
    Task<bool> fill(std::size_t room);
    void append_head(std::optional<std::size_t> body_bytes);
    void refuse(int status, std::string_view detail);
    void set_deadline(std::chrono::milliseconds wait) { deadline_ = coarse_steady_now() + wait; }
    void count(std::chrono::steady_clock::time_point begun);
    bool body_is_complete() const noexcept;

    Socket socket_;
    Worker& worker_;
    Deadline deadline_;
    Phase phase_ = Phase::idle;
    bool timed_out_ = false;
    bool lingers_ = false;        ///< the client may still be sending: read that before closing, or it may lose the answer
    bool stream_begun_ = false;   ///< the answer's head has left, its body goes piece by piece
    bool stream_failed_ = false;
    bool is_endless_ = false;
    bool framing_is_broken_ = false;  ///< of a body that a handler reads piece by piece
    bool keep_alive_ = true;
    bool served_any_ = false;

    /// Where a wait for the client's end finds this connection, if it is still there to be told.
    struct Watch {
        Connection* connection;
        std::function<void()> on_gone;
    };
    static void look_at_client(const std::shared_ptr<Watch>& watch);
    std::shared_ptr<Watch> watch_;

    std::string in_;               ///< bytes from the client: [begin_, end_) are not used yet
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::string head_;             ///< a head whose body did not arrive with it
    std::string path_;             ///< decoded, when it has escapes
    std::string body_;             ///< a body that did not arrive with its head in one piece
    std::uint64_t body_left_ = 0;  ///< of a body with a length that is read piece by piece
    std::optional<ChunkDecoder> chunks_;
    bool chunks_end_ = false;
    std::string out_;
    const Route* route_ = nullptr;
};

}  // namespace cartwheel::http
