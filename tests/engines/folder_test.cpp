// The data folder of the embedded engine over starts and ends: what is kept, what is refused, and what is made of damage.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "cartwheel/engines/rocks/log_scan.h"
#include "engines/rocks_fixture.h"

namespace cartwheel::test {
namespace {

using namespace domain;
using namespace store;
using engines::rocks::end_of_log;
using engines::rocks::LogEnd;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

const UserId ann = user("ann");

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_file(const fs::path& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

class RocksFolder : public RocksTest {
protected:
    Result<std::unique_ptr<Store>> reopen() { return open_plainly(data()); }

    static Result<CartOutcome> put_one(Store& store, unsigned number) {
        return run_task(store.update_cart(ann, key(std::to_string(number)), put(ann, product_id(number), 1, cart_id(1))));
    }

    /// A store with one put for each of `puts`, each in a group of its own; gives the log's path.
    fs::path make_store(unsigned puts) {
        auto store = reopen().value();
        for (unsigned i = 0; i < puts; ++i) EXPECT_TRUE(put_one(*store, i));
        return log_with_content();
    }

    /// The newest.
    fs::path log_with_content() const {
        fs::path newest;
        for (const auto& entry : fs::directory_iterator(data() + "/rocks"))
            if (entry.path().extension() == ".log" && entry.file_size() > 0) newest = std::max(newest, entry.path());
        EXPECT_FALSE(newest.empty());
        return newest;
    }

    fs::path a_file_beginning_with(const std::string& name) const {
        for (const auto& entry : fs::directory_iterator(data() + "/rocks"))
            if (entry.path().filename().string().starts_with(name)) return entry.path();
        ADD_FAILURE() << "no " << name;
        return {};
    }

    void expect_refused(ErrorCode code, const std::string& words) {
        const auto store = reopen();
        ASSERT_FALSE(store);
        EXPECT_EQ(store.error().code, code);
        EXPECT_THAT(store.error().message, HasSubstr(words));
    }
};

TEST_F(RocksFolder, EverythingIsThereAfterAStopAndAStart) {
    std::optional<Order> order;
    std::vector<Commit> log;
    {
        auto store = reopen().value();
        run_task(store->put_products({product(1), product(2)}, ProductWrite::apply)).value();
        EXPECT_TRUE(put_one(*store, 1));
        order = run_task(store->update_cart(ann, key("buy"), check_out(ann, clock().now()))).value().answer.value();
        EXPECT_TRUE(put_one(*store, 2));
        log = run_task(store->changes_after(0, 100)).value().commits;
        store->stop();
    }
    auto store = reopen().value();
    EXPECT_EQ(run_task(store->product(product_id(2))).value(), product(2));
    EXPECT_EQ(run_task(store->cart(ann)).value().version, 3U);
    EXPECT_EQ(run_task(store->order(ann, order->id)).value(), *order);
    EXPECT_EQ(run_task(store->changes_after(0, 100)).value().commits, log);
    const auto again = run_task(store->update_cart(ann, key("buy"), refuse(Error::internal("decided again")))).value();
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.answer.value(), order);
    EXPECT_TRUE(put_one(*store, 3));
    EXPECT_EQ(run_task(store->changes_after(0, 100)).value().last, log.size() + 1) << "numbers go on where they were";
}

TEST_F(RocksFolder, TheFolderIsForItsOwnerAlone) {
    make_store(1);
    struct stat status{};
    ASSERT_EQ(::stat(data().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(RocksFolder, ASecondOpenerIsRefusedAndToldWhoHoldsIt) {
    const auto store = reopen().value();
    expect_refused(ErrorCode::unavailable, "process " + std::to_string(::getpid()));
}

TEST_F(RocksFolder, ANewerFormatIsRefused) {
    make_store(1);
    write_file(data() + "/FORMAT", "cartwheel store\nformat 2\n");
    expect_refused(ErrorCode::invalid, "newer Cartwheel");
}

TEST_F(RocksFolder, AFormatFileThatMakesNoSenseIsRefused) {
    make_store(1);
    for (const auto* text :
         {"", "cartwheel store\n", "cartwheel store\nformat x\n", "cartwheel store\nformat 0\n", "something else\nformat 1\n"}) {
        write_file(data() + "/FORMAT", text);
        expect_refused(ErrorCode::invalid, "doctor");
    }
}

TEST_F(RocksFolder, AFolderOfSomethingElseIsRefusedAndLeftAlone) {
    fs::create_directory(data());
    write_file(data() + "/letters.txt", "dear");
    expect_refused(ErrorCode::invalid, "not empty");
    EXPECT_EQ(std::distance(fs::directory_iterator(data()), fs::directory_iterator()), 1);
}

TEST_F(RocksFolder, AFileInThePlaceOfTheFolderIsRefused) {
    write_file(data(), "not a folder");
    expect_refused(ErrorCode::internal, "data");
}

TEST_F(RocksFolder, AStartThatEndedBeforeTheStoreWasMadeIsBegunAgain) {
    make_store(1);
    fs::remove(data() + "/FORMAT");  // written last
    EXPECT_TRUE(reopen());
}

TEST_F(RocksFolder, AStoreWhoseFilesAreGoneIsNotMadeAnew) {
    make_store(1);
    fs::remove_all(data() + "/rocks");
    expect_refused(ErrorCode::internal, "doctor");
}

TEST_F(RocksFolder, ATornEndOfTheLogLosesOnlyWhatWasNotSynced) {
    const auto log = make_store(3);
    {
        auto store = reopen().value();
        ASSERT_TRUE(put_one(*store, 3));
    }
    // The last put stands in a log of its own; as it tears further and further, the first three stay.
    const auto last = log_with_content();
    ASSERT_NE(last, log);
    const auto content = read_file(last);
    const TemporaryFolder copies;
    for (std::size_t size = 0; size <= content.size(); size += 13) {
        const auto copy = copies.path(std::to_string(size));
        fs::copy(data(), copy, fs::copy_options::recursive);
        fs::resize_file(fs::path(copy) / "rocks" / last.filename(), size);
        auto store = open_plainly(copy);
        ASSERT_TRUE(store) << store.error().message;
        EXPECT_EQ(run_task((*store)->cart(ann)).value().version, 3U) << size;
    }
}

TEST_F(RocksFolder, AHoleInTheLastGroupIsATornEnd) {
    // One group so large that it has many parts in the log, of which a middle page never reached the disk.
    make_store(2);
    {
        auto store = reopen().value();
        std::vector<Product> many;
        for (unsigned i = 0; i < 3000; ++i) many.push_back(product(i));
        run_task(store->put_products(std::move(many), ProductWrite::apply)).value();
    }
    const auto last = log_with_content();
    auto content = read_file(last);
    ASSERT_GT(content.size(), 200'000U);
    std::fill_n(content.begin() + 81'920, 4096, '\0');
    write_file(last, content);
    EXPECT_EQ(end_of_log(content), LogEnd::torn);
    auto store = reopen();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(run_task((*store)->cart(ann)).value().version, 2U);
    EXPECT_TRUE(run_task((*store)->products({10, std::nullopt})).value().products.empty());
    EXPECT_TRUE(put_one(**store, 2));
    store->reset();
    EXPECT_EQ(run_task(reopen().value()->cart(ann)).value().version, 3U);
}

TEST_F(RocksFolder, DamageInTheMiddleOfTheLogIsRefused) {
    const auto log = make_store(20);
    auto content = read_file(log);
    EXPECT_EQ(end_of_log(content), LogEnd::whole);
    content[content.size() / 3] ^= 1;
    EXPECT_EQ(end_of_log(content), LogEnd::damaged);
    write_file(log, content);
    expect_refused(ErrorCode::internal, "doctor");
    content[content.size() / 3] ^= 1;
    write_file(log, content);
    EXPECT_EQ(run_task(reopen().value()->cart(ann)).value().version, 20U) << "a start that is refused changes nothing";
}

TEST_F(RocksFolder, APageOfZerosInTheMiddleOfTheLogIsRefused) {
    const auto log = make_store(60);
    auto content = read_file(log);
    ASSERT_GT(content.size(), 12'288U);
    std::fill_n(content.begin() + 4096, 4096, '\0');
    write_file(log, content);
    EXPECT_EQ(end_of_log(content), LogEnd::damaged);
    expect_refused(ErrorCode::internal, "doctor");
}

TEST_F(RocksFolder, ABrokenManifestIsRefused) {
    make_store(3);
    const auto manifest = a_file_beginning_with("MANIFEST");
    auto content = read_file(manifest);
    content[content.size() / 2] ^= 1;
    write_file(manifest, content);
    expect_refused(ErrorCode::internal, "doctor");
}

}  // namespace
}  // namespace cartwheel::test
