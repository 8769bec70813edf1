# A visit by Chromium, without a screen: chromium_client.py CA PICTURE URL ACTION... Prints a line for each thing that it sees.
# Actions: page (its title and its pictures), film (whether it plays), comment NAME TEXT (posted in the page's frame).
import os
import subprocess
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 10  # seconds


def trust(home, authority):
    """Chromium on Linux trusts what stands in the user's NSS database."""
    database = os.path.join(home, ".pki", "nssdb")
    os.makedirs(database)
    for command in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "lab", "-i", authority]):
        subprocess.run(["certutil", "-d", "sql:" + database, *command], check=True)


def start(home):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    # Its sandbox needs namespaces of its own, which root may not have, and a host of a lab not always.
    for option in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "no-first-run",
                   "disable-background-networking", "autoplay-policy=no-user-gesture-required", "window-size=1100,1000",
                   "user-data-dir=" + os.path.join(home, "profile")):
        options.add_argument("--" + option)
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def page(browser):
    pictures = browser.execute_script("return [...document.images].map(one => one.complete && one.naturalWidth > 0)")
    print(f"page {browser.title} pictures {sum(pictures)} of {len(pictures)}")


def film(browser):
    browser.execute_script("document.querySelector('video').play()")

    def plays(_):
        return browser.execute_script("const film = document.querySelector('video');"
                                      "return film.currentTime > 0.5 && film.videoWidth + 'x' + film.videoHeight")
    print("film", WebDriverWait(browser, PATIENCE).until(plays))


def comment(browser, name, text):
    browser.switch_to.frame(browser.find_element(By.TAG_NAME, "iframe"))
    browser.find_element(By.NAME, "name").send_keys(name)
    browser.find_element(By.NAME, "text").send_keys(text)
    browser.find_element(By.CSS_SELECTOR, "form [type=submit], form button").click()
    WebDriverWait(browser, PATIENCE).until(lambda _: text in browser.find_element(By.TAG_NAME, "body").text)
    print("comment", name in browser.find_element(By.TAG_NAME, "body").text)
    browser.switch_to.default_content()


def main():
    authority, picture, url, *actions = sys.argv[1:]
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        trust(home, authority)
        browser = start(home)
        try:
            browser.set_page_load_timeout(3 * PATIENCE)  # with all that the page is made of
            browser.get(url)
            while actions:
                action = actions.pop(0)
                if action == "comment":
                    comment(browser, actions.pop(0), actions.pop(0))
                else:
                    {"page": page, "film": film}[action](browser)
            browser.save_screenshot(picture)
        finally:
            browser.quit()


main()
