import Engine
import Testing

@Suite("Ed25519")
struct Ed25519Tests {
    /// RFC 8032 §7.1, tests 1 to 3: public key, message, signature.
    static let vectors: [(String, String, String)] = [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            """
            e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
            5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
            """
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            """
            92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
            085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
            """
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            """
            6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
            18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
            """
        ),
    ]

    @Test(arguments: vectors)
    func `it takes the published signatures and no other`(
        key: String, message: String, signature: String
    ) {
        let (key, message, signature) = (bytes(key), bytes(message), bytes(signature))
        #expect(Ed25519.isSignature(signature, of: message, publicKey: key))
        #expect(!Ed25519.isSignature(signature, of: message + [0], publicKey: key))
        for place in signature.indices {
            var other = signature
            other[place] ^= 1
            #expect(!Ed25519.isSignature(other, of: message, publicKey: key))
        }
    }

    @Test func `a key or a signature of another length is none`() {
        let vector = Self.vectors[1]
        let (key, message, signature) = (bytes(vector.0), bytes(vector.1), bytes(vector.2))
        for other in [[], Array(key.dropLast()), key + [0]] {
            #expect(!Ed25519.isSignature(signature, of: message, publicKey: other))
        }
        for other in [[], Array(signature.dropLast()), signature + [0]] {
            #expect(!Ed25519.isSignature(other, of: message, publicKey: key))
        }
    }
}
