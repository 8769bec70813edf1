// Chromium in a host of the lab that comes with the program: the made-up outside world as people see it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/lab/running_lab.hpp"

namespace labnet::test {
namespace {

class BrowserInLab : public LabTest {
 protected:
  BrowserInLab() { use_shipped_lab(); }
  void SetUp() override {
    if (run({"sh", "-c", "/usr/bin/python3 -c 'import selenium' && chromedriver --version && command -v certutil"})
            .exit_code) {
      GTEST_SKIP() << "needs chromium-driver, python3-selenium and libnss3-tools";
    }
  }
  /// Its script is copied, as the project may stand where an ordinary user may not look.
  std::string visit(const std::string& url, const std::string& actions) const {
    const auto script = write("chromium_client.py", read_file(LABNET_INTEROP_DIR "/chromium_client.py"));
    How how;
    how.patience = std::chrono::seconds{120};  // to start a browser takes seconds
    const auto outcome = labnet({"exec", "pc1", "--", "sh", "-c",
                                 fmt::format("/usr/bin/python3 -B {} \"$SSL_CERT_FILE\" {}/picture.png {} {}", script,
                                             output_folder(), url, actions)},
                                how);
    return outcome.exit_code == 0 ? outcome.output : outcome.output + outcome.errors;
  }
};
INSTANTIATE_TEST_SUITE_P(Lab, BrowserInLab, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(BrowserInLab, ShowsTheSitesOfTheOutsideWorld) {
  const auto lab = up();
  EXPECT_EQ(visit("http://www.youtube.com/watch/mandelbrot.html", "page film comment Ann '<b>¡qué bonito!</b>'"),
            "page El conjunto de Mandelbrot pictures 1 of 1\nfilm 320x180\ncomment True\n");
  EXPECT_EQ(visit("https://www.elespectador.com/", "page"), "page El Espectador del Laboratorio pictures 1 of 1\n");
  EXPECT_EQ(visit("https://www.banco71.com/", "page"), "page Banco 71 pictures 1 of 1\n");
}

}  // namespace
}  // namespace labnet::test
