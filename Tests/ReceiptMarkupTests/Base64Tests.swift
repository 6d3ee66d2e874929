import ReceiptMarkup
import Testing

@Suite struct Base64Tests {
    @Test(arguments: [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")])
    func theVectorsOfRFC4648AreEncoded(_ text: String, _ base64: String) {
        #expect(Base64(bytes: Array(text.utf8))?.text == base64)
        #expect(Base64(base64)?.text == base64)
        #expect(Base64(bytes: []) == nil && Base64("") == nil)
    }
}
